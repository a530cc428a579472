"""What can be set: each field with its meaning, its check and its default. Reads nothing by itself."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
)

from megabot import proxy
from megabot.errors import ConfigError
from megabot.forum import addresses
from megabot.proxy import Proxy
from megabot.source.git import address
from megabot.source.git.address import GitAddress

PREFIX = "MEGABOT_"
SHORTEST_TICK = timedelta(seconds=5)
LONGEST_TICK = timedelta(seconds=60)
"""A tick and the longest request together stay below the unit's WatchdogSec."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What paths are relative to: the folder that each setting was written in, and that of the defaults."""

    folders: Mapping[str, Path] = field(default_factory=dict)
    folder: Path = Path()
    state_dir: Path = Path()


def _path(text: object, info: ValidationInfo) -> Path:
    around = info.context or Surroundings()
    folder: Path = around.folders.get(str(info.field_name), around.folder)
    return folder / Path(str(text)).expanduser()


def _state_dir(text: object, info: ValidationInfo) -> Path:
    return _path((info.context or Surroundings()).state_dir if text is None else text, info)


def _source(text: object, info: ValidationInfo) -> Path | GitAddress:
    return address.parse(str(text)) if addresses.is_git(str(text)) else _path(text, info)


def _secret(text: str) -> str:
    """Take a TOTP secret as Lemmy shows it, or the whole otpauth:// link behind its QR code."""
    link = urlsplit(text.strip())
    secret = parse_qs(link.query).get("secret", [""])[0] if link.scheme == "otpauth" else text
    plain = "".join(secret.split()).replace("-", "").rstrip("=").upper()
    try:
        base64.b32decode(plain + "=" * (-len(plain) % 8))
    except binascii.Error:
        plain = ""
    if not plain:
        raise ValueError("write the secret in base32 (letters and 2 to 7), or the whole otpauth:// link")
    return plain


def _totp(text: SecretStr) -> SecretStr:
    return SecretStr(_secret(text.get_secret_value()))


def _tick(text: object) -> timedelta:
    number = str(text).strip().removesuffix("s").strip()
    if number.isdecimal() and SHORTEST_TICK <= timedelta(seconds=int(number[:6])) <= LONGEST_TICK:
        return timedelta(seconds=int(number))
    raise ValueError("write whole seconds from 5 to 60, as in 30 or 30 s")


def _names(text: object) -> tuple[str, ...]:
    return tuple(addresses.person(one) for one in str(text).split(",") if one.strip())


def _yes(text: object) -> bool:
    word = str(text).strip().lower()
    if word not in {"yes", "no"}:
        raise ValueError("write yes or no")
    return word == "yes"


def _proxy(url: SecretStr) -> SecretStr:
    return SecretStr(proxy.parse(url.get_secret_value()).url)


def _monitor(url: SecretStr) -> SecretStr:
    return SecretStr(addresses.page(url.get_secret_value()))


def _figures(text: object, info: ValidationInfo) -> Path:
    path = _path(text, info)
    if path.suffix != ".prom":  # the collector reads no other, and no file of megabot's own has this name
        raise ValueError("write a file's name that ends in .prom")
    return path


def _rhythm(text: object) -> str:
    rhythm = str(text).strip().lower()
    if rhythm not in {"off", "weekly"}:
        raise ValueError("write off or weekly")
    return rhythm


def _language(text: object) -> str:
    language = str(text).strip().replace("-", "_")
    if not re.fullmatch(r"[A-Za-z]{2,3}(_[A-Za-z0-9]{2,8})*", language):  # it is a folder's name
        raise ValueError("write the code of a language, as in de or pt_BR")
    return language


def _level(text: object) -> str:
    level = str(text).strip().upper()
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("write debug, info, warning or error")
    return level


class Settings(BaseModel):
    """Everything that can be set, checked. Secrets show as stars wherever a value is printed."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    instance: Annotated[str, AfterValidator(addresses.instance)] = Field(
        default="",
        description="The server's address. `http://` is for this machine's own address only.",
        examples=["https://lemmy.example"],
    )
    username: Annotated[str, AfterValidator(addresses.username)] = Field(
        default="", description="The bot account's name.", examples=["megabot"]
    )
    password: SecretStr | None = Field(
        default=None,
        description="The bot account's password. Better not here: `megabot login` asks for it and keeps "
        "only the token.",
        examples=["correct horse battery staple"],
    )
    password_file: Annotated[Path, BeforeValidator(_path)] | None = Field(
        default=None,
        description="A file that holds the password, readable by megabot's account alone; instead of the "
        "password itself.",
        examples=["/etc/megabot/password"],
    )
    totp_secret: Annotated[SecretStr, AfterValidator(_totp)] | None = Field(
        default=None,
        description="The secret for two-factor codes in base32, or the whole `otpauth://` link, if the "
        "account has 2FA.",
        examples=["JBSWY3DPEHPK3PXP"],
    )
    community: Annotated[str, AfterValidator(addresses.community)] = Field(
        default="",
        description="The community of threads whose template names none: `name`, or `name@host` on another "
        "server.",
        examples=["birds"],
    )
    source: Annotated[Path | GitAddress, BeforeValidator(_source)] = Field(
        default=Path("templates"),
        validate_default=True,
        description="The folder with templates, preambles, sections and data, or a git repository as "
        "`URL#branch:folder` (`https://`, `ssh://`, `git@HOST:PATH` or `file:///PATH`; without branch or "
        "folder the repository's own branch and its root). Relative paths here and below start at the "
        "settings file's folder, or at the current one where there is no file.",
        examples=["templates"],
    )
    source_key_file: Annotated[Path, BeforeValidator(_path)] | None = Field(
        default=None,
        description="A file with the private half of a read-only deploy key, for a private repository over "
        "ssh; readable by megabot's account alone.",
        examples=["/etc/megabot/deploy_key"],
    )
    state_dir: Annotated[Path, BeforeValidator(_state_dir)] = Field(
        default=None,
        validate_default=True,
        description="The folder for the ledger and the token, for one bot and one account of this machine "
        "only. By default systemd's state folder for the service, else `$XDG_STATE_HOME/megabot`, else "
        "`~/.local/state/megabot`.",
        examples=["/var/lib/megabot"],
    )
    moderators: Annotated[tuple[str, ...], BeforeValidator(_names)] = Field(
        default=(),
        description="Who is told by private message when something needs a person: names on the server, or "
        "`name@host`, with commas between them. By default the community's first moderator.",
        examples=["robin, kim@lemmy.example"],
    )
    site_dir: Annotated[Path, BeforeValidator(_path)] | None = Field(
        default=None,
        description="The folder that the site is written into, for a web server to serve: every edition as "
        "it was posted. The service keeps it up to date; without this setting there is none.",
        examples=["/var/www/threads"],
    )
    site_url: Annotated[str, AfterValidator(addresses.site)] = Field(
        default="",
        description="The address that the site is served at. Feeds are written only with it: their links "
        "must be whole.",
        examples=["https://threads.example/"],
    )
    admins: Annotated[bool, BeforeValidator(_yes)] = Field(
        default=False,
        description="Whether the server's admins may command the bot as moderators do: `yes` or `no`.",
        examples=["yes"],
    )
    language: Annotated[str, BeforeValidator(_language)] = Field(
        default="en",
        description="The language of what the bot says on Lemmy and of the site's own words: `en` (the "
        "default), `de`, or any other that is in `MEGABOT_LOCALE_DIR`. Commands stay English.",
        examples=["de"],
    )
    locale_dir: Annotated[Path, BeforeValidator(_path)] | None = Field(
        default=None,
        description="A folder with your own translations: `LANGUAGE/LC_MESSAGES/megabot.mo` in it is used "
        "before the translation that comes with megabot.",
        examples=["/etc/megabot/locale"],
    )
    heartbeat_url: Annotated[SecretStr, AfterValidator(_monitor)] | None = Field(
        default=None,
        description="An uptime monitor's address, which is asked for after each verified pass, and with "
        "`/fail` behind it after one that went wrong.",
        examples=["https://monitor.example/ping/3f2a"],
    )
    proxy: Annotated[SecretStr, AfterValidator(_proxy)] | None = Field(
        default=None,
        description="An HTTP proxy for everything that leaves this machine: to the Lemmy server, links, the "
        "uptime monitor and a source over `https://` (one over ssh is not proxied). The address may hold its "
        "name and password. `HTTPS_PROXY` and the like are not read.",
        examples=["http://proxy.example:3128"],
    )
    metrics_file: Annotated[Path, BeforeValidator(_figures)] | None = Field(
        default=None,
        description="A file that the service writes after each pass for Prometheus' node_exporter (its "
        "textfile collector), named `*.prom`, in a folder that megabot's account may write to.",
        examples=["/var/lib/prometheus/node-exporter/megabot.prom"],
    )
    check_links: Annotated[Literal["off", "weekly"], BeforeValidator(_rhythm)] = Field(
        default="off",
        description="`weekly`: once a week the service asks whether the links of the coming editions are "
        "still there, and sends one list of the dead ones to those it tells of everything else.",
        examples=["weekly"],
    )
    tick: Annotated[timedelta, BeforeValidator(_tick)] = Field(
        default=timedelta(seconds=30),
        description="How often the service looks for news, in seconds, from 5 to 60.",
        examples=["30 s"],
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_level)] = Field(
        default="INFO",
        description="How much is logged: `debug`, `info`, `warning` or `error`.",
        examples=["info"],
    )

    @property
    def state_dir_chosen(self) -> bool:
        """Whether a setting names the state folder, rather than the default."""
        return "state_dir" in self.model_fields_set

    def missing_for_online(self, *, needs_community: bool = False) -> list[str]:
        """Name what must still be set before a server can be talked to; offline verbs need none of it.

        `needs_community` says that some thread's template names no community of its own.
        """
        wanted = {"instance": self.instance, "username": self.username}
        if needs_community:
            wanted["community"] = self.community
        return [_missing(name) for name, value in wanted.items() if not value]

    def require_online(self, *, needs_community: bool = False) -> None:
        """Raise `ConfigError` where something is missing for talking to a server."""
        missing = self.missing_for_online(needs_community=needs_community)
        if missing:
            raise ConfigError("\n".join([*missing, _NEW_BOT]))

    def password_text(self) -> str:
        """Give the password itself, empty where none is set."""
        return self.password.get_secret_value() if self.password else ""

    def totp_text(self) -> str:
        """Give the TOTP secret in base32, empty where none is set."""
        return self.totp_secret.get_secret_value() if self.totp_secret else ""

    def heartbeat_text(self) -> str:
        """Give the monitor's address, empty where there is none."""
        return self.heartbeat_url.get_secret_value() if self.heartbeat_url else ""

    def secret_texts(self) -> list[str]:
        """Give every secret as it is, for the log to blot out."""
        secrets = (self.password, self.totp_secret, self.heartbeat_url)
        used = self.proxy_used()
        known = [secret.get_secret_value() for secret in secrets if secret]
        return [*known, *(used.secrets if used else ())]

    def proxy_used(self) -> Proxy | None:
        return proxy.parse(self.proxy.get_secret_value()) if self.proxy else None


_NEW_BOT = (
    "To write settings and a first template, run: megabot init. If you have settings, run megabot in the "
    "folder of their .env, or name the file: megabot --env FILE"
)


def variable(name: str) -> str:
    """Name a field as people set it."""
    return PREFIX + name.upper()


def _missing(name: str) -> str:
    example = (Settings.model_fields[name].examples or [""])[0]
    return f"{variable(name)} is not set, for example: {variable(name)}={example}"
