"""Where settings come from: the environment, a settings file, systemd's credentials. Checks no value."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE, S_IROTH, S_IRWXG, S_IRWXO, S_ISREG

from dotenv import dotenv_values
from dotenv.parser import Binding, Original, parse_stream

from megabot.config.settings import PREFIX
from megabot.errors import ConfigError, WrongAccount

SYSTEM_FILE = Path("/etc/megabot/config.env")
SERVICE_ACCOUNT = "megabot"
_CUT = re.compile(r"""^\s*(?:export\s+)?[^\s=]+[^\S\n]*=[^\S\n]*(?:[^\s'"#][^\n]*?)?[^\S\n]#""")
"""A value without quotes that is cut at a # behind a space."""
_SECRETS = ("MEGABOT_PASSWORD", "MEGABOT_TOTP_SECRET")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Settings as text from one place. `folder` is what relative paths in them start at.

    `warnings` are sentences about lines that probably mean something else than they say.
    """

    name: str
    values: dict[str, str]
    folder: Path
    warnings: tuple[str, ...] = ()


def environment(environ: Mapping[str, str], cwd: Path) -> Layer:
    """Take the settings among the environment's variables."""
    values = {key: value for key, value in environ.items() if key.startswith(PREFIX)}
    odd = tuple(_ignored("the environment", key) for key in environ if _is_meant(key))
    return Layer(name="the environment", values=values, folder=cwd, warnings=odd)


def file_layer(env_file: Path | None, *, cwd: Path, system_file: Path) -> Layer:
    """Read the settings file that was named, else `.env` in the current folder, else the installed one."""
    if env_file is not None:
        return _read(cwd / env_file)
    if _is_there(cwd / ".env", hidden=False):
        return _read(cwd / ".env")
    if _is_there(system_file, hidden=True):
        return _read(system_file)
    return Layer(name="no file", values={}, folder=cwd)


def credentials(environ: Mapping[str, str], cwd: Path) -> Layer:
    """Read systemd's credentials, files that are named as the settings but in lower case."""
    folder = environ.get("CREDENTIALS_DIRECTORY", "")
    paths = sorted(Path(folder).glob(f"{PREFIX.lower()}*")) if folder else []
    values = {path.name.upper(): _text(path).rstrip("\r\n") for path in paths}
    return Layer(name="systemd's credentials", values=values, folder=cwd)


def password_from(path: Path, environ: Mapping[str, str]) -> str:
    """Read the password's file, which must be nobody else's to read."""
    text = _text(path).rstrip("\r\n")
    if not text:
        raise ConfigError(f"MEGABOT_PASSWORD_FILE: {path} is empty; write the password into it")
    guarded = environ.get("CREDENTIALS_DIRECTORY") == str(path.parent)  # systemd's own folder: shut already
    mode = S_IMODE(path.stat().st_mode)
    if mode & (S_IRWXG | S_IRWXO) and not guarded:
        raise ConfigError(f"MEGABOT_PASSWORD_FILE: others may read {path}; run: chmod 600 {path}")
    return text


def _read(path: Path) -> Layer:
    text = _text(path)
    bindings = list(parse_stream(io.StringIO(text)))
    bad = [_line(binding.original) for binding in bindings if binding.error]
    if bad:
        raise ConfigError(
            "\n".join(f"{path}:{line}: this line is not understood; write NAME=value" for line in bad)
        )
    values = dotenv_values(stream=io.StringIO(text), interpolate=False)
    ours = {key: value or "" for key, value in values.items() if key.startswith(PREFIX)}
    secret = any(ours.get(key) for key in _SECRETS) or "@" in ours.get("MEGABOT_PROXY", "")
    if secret and path.stat().st_mode & S_IROTH:
        raise ConfigError(f"{path} holds a secret and everyone may read it; run: chmod o-rwx {path}")
    return Layer(name=str(path), values=ours, folder=path.parent, warnings=tuple(_odd(path, bindings)))


def _odd(path: Path, bindings: Iterable[Binding]) -> Iterator[str]:
    """Find lines that probably mean something else than they say. Shows no value: it may be a secret."""
    seen: dict[str, int] = {}
    for binding in bindings:
        key, line = binding.key or "", _line(binding.original)
        where = f"{path}:{line}"
        if _is_meant(key):
            yield _ignored(where, key)
        if not key.startswith(PREFIX):
            continue
        if binding.value is None:
            yield f"{where}: {key} has no =, so it counts as empty: write {key}=value"
        elif _CUT.search(binding.original.string):
            yield (
                f"{where}: the value of {key} ends before the #: what follows is taken for a comment. If it "
                f"belongs to the value, put that in quotes: {key}='...'"
            )
        if key in seen:
            yield f"{where}: {key} is set in line {seen[key]} too: this line counts"
        seen[key] = line


def _is_meant(key: str) -> bool:
    """Return whether a name is no setting but was probably meant to be one."""
    return key.upper().startswith("MEGABOT") and not key.startswith(PREFIX)


def _ignored(where: str, key: str) -> str:
    name = re.sub(r"[^A-Z0-9]+", "_", key.upper())
    return f"{where}: {key} is ignored: settings are written in capitals and begin with {PREFIX}, like {name}"


def _line(original: Original) -> int:
    """Give the line that a statement begins in; dotenv counts the empty lines before it to it."""
    text = original.string
    return int(original.line) + text[: len(text) - len(text.lstrip())].count("\n")


def _is_there(path: Path, *, hidden: bool) -> bool:
    """Tell whether there is a file; `hidden` is what to take for true in a folder that cannot be looked into.

    Whoever may not look into the settings' folder must hear so; but a verb run by sudo stands in the caller's
    home, which is none of its business.
    """
    try:
        return S_ISREG(path.stat().st_mode)
    except PermissionError:
        return hidden
    except OSError:
        return False


def _account_of(path: Path) -> str:
    """Name the account that is meant to read a file: its owner, the service's for what root keeps."""
    try:
        owner = path.owner()
    except (OSError, KeyError):
        return SERVICE_ACCOUNT
    return SERVICE_ACCOUNT if owner == "root" else owner


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except PermissionError as error:
        account = _account_of(path)
        hint = f"where {account} may not read it either: chgrp {account} {path}; chmod 640 {path}"
        raise WrongAccount(f"{path} is not readable for this account ({hint})", account=account) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
