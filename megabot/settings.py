"""The settings: each field with its description, check and default. Reads no file and no environment."""

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

from megabot import database_url, proxy
from megabot.errors import ConfigError
from megabot.forum import addresses
from megabot.proxy import Proxy
from megabot.source.git import address
from megabot.source.git.address import GitAddress

PREFIX = "MEGABOT_"
SHORTEST_TICK = timedelta(seconds=5)
LONGEST_TICK = timedelta(seconds=60)
"""A tick plus the longest request must stay below WatchdogSec in the systemd unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The folders that relative paths start at: one for each setting, by its source, and the default."""

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


def _database(address: SecretStr) -> SecretStr:
    if not database_url.is_valid(address.get_secret_value()):
        raise ValueError(database_url.FORM)
    return address


def _secret(text: str) -> str:
    """Read a TOTP secret as Lemmy shows it, or the whole otpauth:// link in its QR code."""
    link = urlsplit(text.strip())
    secret = parse_qs(link.query).get("secret", [""])[0] if link.scheme == "otpauth" else text
    plain = "".join(secret.split()).replace("-", "").rstrip("=").upper()
    try:
        # Such secrets are written without the padding that Python requires (RFC 4648, section 3.2, allows
        # that).
        base64.b32decode(plain + "=" * (-len(plain) % 8))
    except binascii.Error:
        plain = ""
    if not plain:
        raise ValueError("write the secret in base32 (letters and digits 2-7), or the whole otpauth:// link")
    return plain


def _totp(text: SecretStr) -> SecretStr:
    return SecretStr(_secret(text.get_secret_value()))


def _tick(text: object) -> timedelta:
    # Below, only six digits are converted, because int() refuses more than 4,300.
    number = str(text).strip().removesuffix("s").strip()
    if number.isdecimal() and SHORTEST_TICK <= timedelta(seconds=int(number[:6])) <= LONGEST_TICK:
        return timedelta(seconds=int(number))
    raise ValueError("write whole seconds from 5 to 60, like 30 or 30 s")


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
    if (
        path.suffix != ".prom"
    ):  # the collector reads no other files, and megabot writes no other file named so
        raise ValueError("use a file name that ends in .prom")
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
    """All settings, checked. Secrets print as asterisks."""

    # An error must not show the value, which may be a secret (promise 8).
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    instance: Annotated[str, AfterValidator(addresses.instance)] = Field(
        default="",
        description="The address of the bot's Lemmy server. `http://` is allowed for localhost only.",
        examples=["https://lemmy.example"],
    )
    username: Annotated[str, AfterValidator(addresses.username)] = Field(
        default="", description="The user name of the bot's account.", examples=["megabot"]
    )
    password: SecretStr | None = Field(
        default=None,
        description="The password of the bot's account. Usually not needed: `megabot login` asks for it and "
        "stores only a token.",
        examples=["correct horse battery staple"],
    )
    password_file: Annotated[Path, BeforeValidator(_path)] | None = Field(
        default=None,
        description="A file that contains the password, instead of MEGABOT_PASSWORD. Only the account that "
        "runs megabot may read it.",
        examples=["/etc/megabot/password"],
    )
    totp_secret: Annotated[SecretStr, AfterValidator(_totp)] | None = Field(
        default=None,
        description="If the account uses 2FA: the secret for the codes in base32, or the whole `otpauth://` "
        "link.",
        examples=["JBSWY3DPEHPK3PXP"],
    )
    community: Annotated[str, AfterValidator(addresses.community)] = Field(
        default="",
        description="The community to post in, unless a template names another: `name`, or `name@host` if it "
        "is on another server.",
        examples=["birds"],
    )
    source: Annotated[Path | GitAddress, BeforeValidator(_source)] = Field(
        default=Path("templates"),
        validate_default=True,
        description="The folder with templates, preambles, sections and data, or a git repository as "
        "`URL#branch:folder` (`https://`, `ssh://`, `git@HOST:PATH` or `file:///PATH`; branch and folder "
        "default to the repository's default branch and its root). Relative paths here and below start at "
        "the settings file's folder, or at the current folder if there is no file.",
        examples=["templates"],
    )
    source_key_file: Annotated[Path, BeforeValidator(_path)] | None = Field(
        default=None,
        description="A file with the private key of a read-only deploy key, for a private repository over "
        "ssh. Only the account that runs megabot may read it.",
        examples=["/etc/megabot/deploy_key"],
    )
    state_dir: Annotated[Path, BeforeValidator(_state_dir)] = Field(
        default=None,
        validate_default=True,
        description="The folder for the ledger (the record of what was posted) and the token. Each bot needs "
        "a separate one, owned by the account that runs it. Default: systemd's state folder for the service, "
        "else `$XDG_STATE_HOME/megabot`, else `~/.local/state/megabot`.",
        examples=["/var/lib/megabot"],
    )
    database_url: Annotated[SecretStr, AfterValidator(_database)] | None = Field(
        default=None,
        description="A PostgreSQL database for the ledger and the token, instead of files in the state "
        "folder. Several bots, and several hosts for the same bot, can share one: of these hosts one acts, "
        "and another takes over within a minute when it fails. Needs PostgreSQL 14 or newer and `pip install "
        "'psycopg[binary]'`.",
        examples=["postgresql://megabot:secret@db.example/megabot"],
    )
    moderators: Annotated[tuple[str, ...], BeforeValidator(_names)] = Field(
        default=(),
        description="Who gets a private message when something needs attention: user names, or `name@host`, "
        "separated by commas. Default: the community's first moderator.",
        examples=["robin, kim@lemmy.example"],
    )
    site_dir: Annotated[Path, BeforeValidator(_path)] | None = Field(
        default=None,
        description="The folder for the archive site, to be served by a web server: every edition as it was "
        "posted. The service keeps it up to date. Without this setting there is no site.",
        examples=["/var/www/threads"],
    )
    site_url: Annotated[str, AfterValidator(addresses.site)] = Field(
        default="",
        description="The public address of the archive site. Feeds are written only if it is set, because "
        "they need absolute links.",
        examples=["https://threads.example/"],
    )
    web_url: Annotated[str, AfterValidator(addresses.root)] = Field(
        default="",
        description="The public address of the page for moderators, which `megabot web` serves behind a web "
        "server: a host name of its own, without a path. Without this setting there is no page.",
        examples=["https://megabot.example"],
    )
    admins: Annotated[bool, BeforeValidator(_yes)] = Field(
        default=False,
        description="Whether the server's admins may command the bot like moderators: `yes` or `no`.",
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
        description="The address of an uptime monitor, requested after each successful run, and with `/fail` "
        "appended after a failed one.",
        examples=["https://monitor.example/ping/3f2a"],
    )
    proxy: Annotated[SecretStr, AfterValidator(_proxy)] | None = Field(
        default=None,
        description="An HTTP proxy for all requests: to the Lemmy server, to links, to the uptime monitor "
        "and to a git repository over `https://` (ssh is not proxied). The address may contain a user name "
        "and password. `HTTPS_PROXY` and similar variables are ignored.",
        examples=["http://proxy.example:3128"],
    )
    metrics_file: Annotated[Path, BeforeValidator(_figures)] | None = Field(
        default=None,
        description="A file named `*.prom` that the service writes after each run, for the textfile "
        "collector of Prometheus' node_exporter. The account that runs megabot must be allowed to write to "
        "its folder.",
        examples=["/var/lib/prometheus/node-exporter/megabot.prom"],
    )
    check_links: Annotated[Literal["off", "weekly"], BeforeValidator(_rhythm)] = Field(
        default="off",
        description="`weekly`: once a week the service checks the links in the upcoming editions and sends "
        "a list of dead ones to the recipients of its other alerts.",
        examples=["weekly"],
    )
    tick: Annotated[timedelta, BeforeValidator(_tick)] = Field(
        default=timedelta(seconds=30),
        description="How often the service checks for work and commands, in seconds, from 5 to 60.",
        examples=["30 s"],
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_level)] = Field(
        default="INFO",
        description="How much is logged: `debug`, `info`, `warning` or `error`.",
        examples=["info"],
    )

    @property
    def state_dir_chosen(self) -> bool:
        """Whether a setting names the state folder, so that it is not just the default."""
        return "state_dir" in self.model_fields_set

    def missing_for_online(self, *, needs_community: bool = False) -> list[str]:
        """Return a sentence for each missing setting that is needed to talk to the server.

        `needs_community`: whether no template names a community.
        """
        wanted = {"instance": self.instance, "username": self.username}
        if needs_community:
            wanted["community"] = self.community
        return [_missing(name) for name, value in wanted.items() if not value]

    def require_online(self, *, needs_community: bool = False) -> None:
        missing = self.missing_for_online(needs_community=needs_community)
        if missing:
            raise ConfigError("\n".join([*missing, _NEW_BOT]))

    def password_text(self) -> str:
        """Return the password in clear, "" if none is set."""
        return self.password.get_secret_value() if self.password else ""

    def totp_text(self) -> str:
        """Return the TOTP secret in base32, "" if none is set."""
        return self.totp_secret.get_secret_value() if self.totp_secret else ""

    def database_text(self) -> str:
        """Return the database's address with its password, "" if none is set."""
        return self.database_url.get_secret_value() if self.database_url else ""

    def heartbeat_text(self) -> str:
        """Return the monitor's address, "" if none is set."""
        return self.heartbeat_url.get_secret_value() if self.heartbeat_url else ""

    def secret_texts(self) -> list[str]:
        """Return every secret in clear, so that the log can redact it."""
        secrets = (self.password, self.totp_secret, self.heartbeat_url)
        used = self.proxy_used()
        texts = [secret.get_secret_value() for secret in secrets if secret]
        return [*texts, *(used.secrets if used else ()), *database_url.secrets(self.database_text())]

    def proxy_used(self) -> Proxy | None:
        return proxy.parse(self.proxy.get_secret_value()) if self.proxy else None


_NEW_BOT = (
    "To create settings and a first template, run: megabot init. If you have settings, run megabot in the "
    "folder of the .env file, or name the file: megabot --env FILE"
)


def variable(name: str) -> str:
    """Return the name of a field as an environment variable."""
    return PREFIX + name.upper()


def _missing(name: str) -> str:
    example = (Settings.model_fields[name].examples or [""])[0]
    return f"{variable(name)} is not set, for example: {variable(name)}={example}"
