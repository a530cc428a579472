"""Building the settings from all places in one order, and saying everything that is wrong at once."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from megabot.config import layers
from megabot.config.layers import SYSTEM_FILE, Layer
from megabot.config.settings import PREFIX, Settings, Surroundings, variable
from megabot.errors import ConfigError, WrongAccount

BOTS = Path("/var/lib/megabot/bots")
"""Holds the state folder of each bot of several, by name: `megabot@.service` gives it the same."""
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
    """Build the settings, or raise `ConfigError` with a line for every mistake. Shows no value of any.

    The order: environment, then the settings file (`env_file`, else `.env` in `cwd`, else `system_file`),
    then systemd's credentials, then the defaults. An empty value is the same as none. A `bot` of several on
    one machine has a file of its own beside `system_file`, and a state folder of its own. `warn` is told of
    lines that probably mean something else than they say.
    """
    if bot:
        env_file = _file_of(bot, system_file)
    found = (
        layers.environment(environ, cwd),
        layers.file_layer(env_file, cwd=cwd, system_file=system_file),
        layers.credentials(environ, cwd),
    )
    for sentence in (sentence for layer in found for sentence in layer.warnings):
        warn(sentence)
    mistakes = [line for layer in found for line in _unknown(layer)]
    values, origins = _merged(found)
    if bot and "state_dir" not in values:
        values["state_dir"], origins["state_dir"] = str(BOTS / bot), found[1]
    mistakes += _take_password(values, origins, environ)
    around = Surroundings(
        folders={name: layer.folder for name, layer in origins.items()},
        folder=found[1].folder,
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
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", bot) or bot == system_file.stem:
        raise ConfigError(f"--bot {bot}: a bot's name is of small letters, digits and dashes, and not config")
    return system_file.with_name(f"{bot}.env")


def default_state_dir(environ: Mapping[str, str]) -> Path:
    """Choose the state folder where no setting does: systemd's, else the user's."""
    of_service = environ.get("STATE_DIRECTORY", "").partition(":")[0]  # systemd joins several with colons
    if of_service:
        return Path(of_service)
    of_user = Path(environ.get("XDG_STATE_HOME", ""))
    if not of_user.is_absolute():  # the XDG specification: a relative one is to be ignored
        of_user = Path(environ.get("HOME", "~")) / ".local" / "state"
    return of_user / "megabot"


def _unknown(layer: Layer) -> Iterable[str]:
    for key in layer.values:
        if key not in _FIELDS:
            near = difflib.get_close_matches(key.removeprefix(PREFIX).lower(), Settings.model_fields, n=1)
            hint = (
                f"did you mean {variable(near[0])}?" if near else "see docs/settings.md for those there are"
            )
            yield f"{key} ({layer.name}) is not a setting; {hint}"


def _merged(layers: Iterable[Layer]) -> tuple[dict[str, str], dict[str, Layer]]:
    """Let the first place that names a setting win; give the texts and the places."""
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
    """Put the password's text where only its file was named; give what is wrong with that."""
    if "password_file" not in values:
        return []
    if "password" in values:
        return ["MEGABOT_PASSWORD and MEGABOT_PASSWORD_FILE are both set; keep one of them"]
    path = origins["password_file"].folder / Path(values["password_file"]).expanduser()
    try:
        values["password"] = layers.password_from(path, environ)
    except WrongAccount:
        raise
    except ConfigError as error:
        return [str(error)]
    return []


def _sentences(error: ValidationError, origins: Mapping[str, Layer]) -> list[str]:
    lines = []
    for mistake in error.errors(include_input=False, include_url=False):
        name = str(mistake["loc"][0])
        what = mistake["msg"].removeprefix("Value error, ")
        lines.append(f"{variable(name)} ({origins[name].name}): {what}")
    return lines
