"""Builds the settings from all places, in a fixed order, and reports all mistakes at once."""

import difflib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_IMODE, S_IROTH, S_IRWXG, S_IRWXO, S_ISREG

from dotenv import dotenv_values
from dotenv.parser import Binding, Original, parse_stream
from pydantic import ValidationError

from megabot import database_url
from megabot.errors import ConfigError, WrongAccount
from megabot.settings import PREFIX, Settings, Surroundings, variable

SYSTEM_FILE = Path("/etc/megabot/config.env")
SYSTEM_ACCOUNTS = SYSTEM_FILE.with_name("accounts")
"""Contains the settings file of each account that `megabot-accounts.service` runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Settings as text from one place. Relative paths in them start at `folder`.

    `warnings` are sentences about lines that probably do not do what they were meant to. `lines` has the line
    of each setting in a file.
    """

    name: str
    values: dict[str, str]
    folder: Path
    warnings: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    def place(self, key: str) -> str:
        """Return where a setting is: for a file with its line."""
        return f"{self.name}:{self.lines[key]}" if key in self.lines else self.name


BOTS = Path("/var/lib/megabot/bots")
"""Contains the state folder of each bot by name if there are several, as in `megabot@.service`."""
_FIELDS = {variable(field): field for field in Settings.model_fields}


def load(
    environ: Mapping[str, str],
    *,
    env_file: Path | None,
    cwd: Path,
    bot: str = "",
    system_file: Path = SYSTEM_FILE,
    warn: Callable[[str], None] = lambda _: None,
) -> Settings:
    """Build the settings, or raise `ConfigError` with a line for every mistake. Never shows a value.

    The order: environment, then the settings file (`env_file`, else `.env` in `cwd`, else `system_file`),
    then systemd's credentials, then the defaults. An empty value counts as not set. A named `bot`, one of
    several on a machine, has a separate file beside `system_file` and a separate state folder. `warn` gets a
    sentence for each line that probably does not do what it was meant to.
    """
    if bot:
        env_file = _file_of(bot, system_file)
    file = file_layer(env_file, cwd=cwd, system_file=system_file)
    layers = (environment(environ, cwd), file, credentials(environ, cwd))
    return _settings(layers, environ, file=file, state_dir=BOTS / bot if bot else None, warn=warn)


def load_account(file: Path, environ: Mapping[str, str], *, warn: Callable[[str], None]) -> Settings:
    """Build the settings of one of many accounts from its file alone. Raises `ConfigError` like `load`.

    The environment sets nothing, because it would set the same for every account. The account's state folder
    is by default `accounts/NAME` in the state folder of the service.
    """
    if not is_name(file.stem):
        raise ConfigError(
            f"{file}: {file.stem} is not a valid name; use lower-case letters, digits and dashes"
        )
    layer = _read(file)
    state_dir = accounts_state(file.parent, environ) / file.stem
    return _settings((layer,), environ, file=layer, state_dir=state_dir, warn=warn)


def accounts_state(folder: Path, environ: Mapping[str, str]) -> Path:
    """Return the folder with the state folders of the accounts whose settings files are in `folder`."""
    # The same for the service and for a command, which has no STATE_DIRECTORY.
    installed = folder.absolute() == SYSTEM_ACCOUNTS
    return (BOTS.parent if installed else default_state_dir(environ)) / "accounts"


def _settings(
    layers: Sequence[Layer],
    environ: Mapping[str, str],
    *,
    file: Layer,
    state_dir: Path | None,
    warn: Callable[[str], None],
) -> Settings:
    """Merge the layers. `state_dir` is the default for one of several bots or accounts."""
    for sentence in (sentence for layer in layers for sentence in layer.warnings):
        warn(sentence)
    mistakes = [line for layer in layers for line in _unknown(layer)]
    values, origins = _merged(layers)
    if state_dir is not None and "state_dir" not in values:
        values["state_dir"], origins["state_dir"] = str(state_dir), file
    mistakes += _take_password(values, origins, environ)
    around = Surroundings(
        folders={name: layer.folder for name, layer in origins.items()},
        folder=file.folder,
        state_dir=default_state_dir(environ),
    )
    try:
        settings = Settings.model_validate(values, context=around)
    except ValidationError as error:
        mistakes += _sentences(error, origins)
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return settings


def _file_of(bot: str, system_file: Path) -> Path:
    if not is_name(bot) or bot == system_file.stem:
        raise ConfigError(
            f"--bot {bot}: not a valid name; use lower-case letters, digits and dashes (config is reserved)"
        )
    return system_file.with_name(f"{bot}.env")


def is_name(text: str) -> bool:
    """Return whether a bot or an account may have this name, which is part of file names."""
    return re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", text) is not None


def default_state_dir(environ: Mapping[str, str]) -> Path:
    """Return the state folder if no setting names one: systemd's, else the user's."""
    of_service = environ.get("STATE_DIRECTORY", "").partition(":")[0]  # systemd joins several with colons
    if of_service:
        return Path(of_service)
    of_user = Path(environ.get("XDG_STATE_HOME", ""))
    if not of_user.is_absolute():  # the XDG specification says that relative paths must be ignored
        of_user = Path(environ.get("HOME", "~")) / ".local" / "state"
    return of_user / "megabot"


def _unknown(layer: Layer) -> Iterable[str]:
    for key in layer.values:
        if key not in _FIELDS:
            near = difflib.get_close_matches(key.removeprefix(PREFIX).lower(), Settings.model_fields, n=1)
            page = "see docs/reference/settings.md for the list"
            hint = f"did you mean {variable(near[0])}?" if near else page
            yield f"{key} ({layer.place(key)}) is not a setting; {hint}"


def _merged(layers: Iterable[Layer]) -> tuple[dict[str, str], dict[str, Layer]]:
    """Merge the layers: the first one that names a setting wins. Return the texts and their layers."""
    texts: dict[str, str] = {}
    origins: dict[str, Layer] = {}
    for layer in layers:
        for key, text in layer.values.items():
            name = _FIELDS.get(key)
            if name is not None and name not in texts:
                texts[name], origins[name] = text, layer
    return {name: text for name, text in texts.items() if text.strip()}, origins


def _take_password(
    values: dict[str, str], origins: Mapping[str, Layer], environ: Mapping[str, str]
) -> list[str]:
    """Read the password from its file into `values`; return the mistakes."""
    if "password_file" not in values:
        return []
    if "password" in values:
        return ["MEGABOT_PASSWORD and MEGABOT_PASSWORD_FILE are both set; remove one of them"]
    path = origins["password_file"].folder / Path(values["password_file"]).expanduser()
    try:
        values["password"] = password_from(path, environ)
    # It ends the command at once, because it says as which account to run it instead.
    except WrongAccount:
        raise
    except ConfigError as error:
        return [str(error)]
    return []


def _sentences(error: ValidationError, origins: Mapping[str, Layer]) -> list[str]:
    lines = []
    # Without the input, which may be a secret (promise 8).
    for mistake in error.errors(include_input=False, include_url=False):
        name = str(mistake["loc"][0])
        what = mistake["msg"].removeprefix("Value error, ")
        lines.append(f"{variable(name)} ({origins[name].place(variable(name))}): {what}")
    return lines


SERVICE_ACCOUNT = "megabot"


_CUT = re.compile(r"""^\s*(?:export\s+)?[^\s=]+[^\S\n]*=[^\S\n]*(?:[^\s'"#][^\n]*?)?[^\S\n]#""")
"""An unquoted value that ends at a # after a space."""
_SECRETS = ("MEGABOT_PASSWORD", "MEGABOT_TOTP_SECRET")


def environment(environ: Mapping[str, str], cwd: Path) -> Layer:
    values = {key: value for key, value in environ.items() if key.startswith(PREFIX)}
    odd = tuple(_ignored("the environment", key) for key in environ if _is_meant(key))
    return Layer(name="the environment", values=values, folder=cwd, warnings=odd)


def file_layer(env_file: Path | None, *, cwd: Path, system_file: Path) -> Layer:
    """Read the named settings file, else `.env` in the current folder, else the installed one."""
    if env_file is not None:
        return _read(cwd / env_file)
    if _is_there(cwd / ".env", hidden=False):
        return _read(cwd / ".env")
    if _is_there(system_file, hidden=True):
        return _read(system_file)
    return Layer(name="no file", values={}, folder=cwd)


def credentials(environ: Mapping[str, str], cwd: Path) -> Layer:
    """Read systemd's credentials: files named like the settings, but in lower case."""
    folder = environ.get("CREDENTIALS_DIRECTORY", "")
    paths = sorted(Path(folder).glob(f"{PREFIX.lower()}*")) if folder else []
    values = {path.name.upper(): _text(path).rstrip("\r\n") for path in paths}
    return Layer(name="systemd's credentials", values=values, folder=cwd)


def password_from(path: Path, environ: Mapping[str, str]) -> str:
    """Read the password's file. Raises `ConfigError` if other users may read it."""
    # Editors end a file with a line break, which does not belong to the password (G02).
    text = _text(path).rstrip("\r\n")
    if not text:
        raise ConfigError(f"MEGABOT_PASSWORD_FILE: {path} is empty; write the password to it")
    # systemd's own folder for credentials is private already.
    guarded = environ.get("CREDENTIALS_DIRECTORY") == str(path.parent)
    mode = S_IMODE(path.stat().st_mode)
    if mode & (S_IRWXG | S_IRWXO) and not guarded:
        raise ConfigError(f"MEGABOT_PASSWORD_FILE: other users can read {path}; run: chmod 600 {path}")
    return text


def _read(path: Path) -> Layer:
    text = _text(path)
    bindings = list(parse_stream(io.StringIO(text)))
    bad = [_line(binding.original) for binding in bindings if binding.error]
    if bad:
        raise ConfigError(
            "\n".join(f"{path}:{line}: this is not a valid line; write NAME=value" for line in bad)
        )
    # Without interpolation, because a $ in a password is a $.
    values = dotenv_values(stream=io.StringIO(text), interpolate=False)
    ours = {key: value or "" for key, value in values.items() if key.startswith(PREFIX)}
    secret = (
        any(ours.get(key) for key in _SECRETS)
        or "@" in ours.get("MEGABOT_PROXY", "")
        or bool(database_url.secrets(ours.get("MEGABOT_DATABASE_URL", "")))
    )
    # Its group may read it, because the installed file belongs to root and the group megabot.
    if secret and path.stat().st_mode & S_IROTH:
        raise ConfigError(f"{path} contains a secret and all users can read it; run: chmod o-rwx {path}")
    # A setting that is there twice has its last value, so its last line counts.
    lines = {binding.key: _line(binding.original) for binding in bindings if binding.key}
    warnings = tuple(_odd(path, bindings))
    return Layer(name=str(path), values=ours, folder=path.parent, warnings=warnings, lines=lines)


def _odd(path: Path, bindings: Iterable[Binding]) -> Iterator[str]:
    """Yield a sentence for each line that probably does not do what it was meant to.

    Values are not shown: they may be secrets.
    """
    seen: dict[str, int] = {}
    for binding in bindings:
        key, line = binding.key or "", _line(binding.original)
        where = f"{path}:{line}"
        if _is_meant(key):
            yield _ignored(where, key)
        if not key.startswith(PREFIX):
            continue
        if binding.value is None:
            yield f"{where}: {key} has no = and counts as empty; write {key}=value"
        elif _CUT.search(binding.original.string):
            yield (
                f"{where}: the value of {key} ends before the #; the rest is read as a comment. If the rest "
                f"belongs to the value, use quotes: {key}='...'"
            )
        if key in seen:
            yield f"{where}: {key} is also set in line {seen[key]}; this line is used"
        seen[key] = line


def _is_meant(key: str) -> bool:
    """Return whether a name is not a setting but was probably meant to be one."""
    return key.upper().startswith("MEGABOT") and not key.startswith(PREFIX)


def _ignored(where: str, key: str) -> str:
    name = re.sub(r"[^A-Z0-9]+", "_", key.upper())
    return f"{where}: {key} is ignored; settings are in capitals and start with {PREFIX}, like {name}"


def _line(original: Original) -> int:
    """Return the line that a statement starts on; for dotenv the empty lines before it belong to it."""
    text = original.string
    return int(original.line) + text[: len(text) - len(text.lstrip())].count("\n")


def _is_there(path: Path, *, hidden: bool) -> bool:
    """Return whether a file exists; `hidden` is the result for a folder that may not be read.

    It is True for the settings' folder, so that a user without permission gets an error, and False for the
    current folder: with sudo that may be the caller's home, which the bot's account may not read.
    """
    try:
        return S_ISREG(path.stat().st_mode)
    except PermissionError:
        return hidden
    except OSError:
        return False


def _account_of(path: Path) -> str:
    """Return the account that should read a file: its owner, or the service's if that is root."""
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
        hint = f"if {account} cannot read it either: chgrp {account} {path}; chmod 640 {path}"
        raise WrongAccount(f"this account cannot read {path} ({hint})", account=account) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
