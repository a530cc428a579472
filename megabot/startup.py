"""What a process was started with: its settings, where its log goes, its version, the files it came with."""

import logging
import os
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

from megabot import log_setup, settings_sources
from megabot.settings import Settings

_STDERR = 2
log = logging.getLogger("megabot")


def read_settings(options: Mapping[str, object]) -> Settings:
    """Read the settings by the command line's options and the environment, and set up the log."""
    said: list[str] = []
    settings = load_settings(options, warn=said.append)
    set_up_log(settings, options)
    for sentence in said:  # not before: the log is as the settings want it
        log.warning("%s", sentence)
    return settings


def load_settings(options: Mapping[str, object], *, warn: Callable[[str], None]) -> Settings:
    """Read the settings by the command line's options and the environment."""
    env_file = options.get("env_file")
    return settings_sources.load(
        os.environ,
        env_file=Path(str(env_file)) if env_file else None,
        cwd=Path.cwd(),
        bot=str(options.get("bot") or ""),
        warn=warn,
    )


def set_up_log(settings: Settings, options: Mapping[str, object]) -> None:
    """Have the log as the settings and the options want it."""
    level = "DEBUG" if options.get("verbose") else settings.log_level
    journal = log_setup.goes_to_journal(os.environ, _STDERR)
    log_setup.set_up(level, secrets=settings.secret_texts(), journal=journal)


def own_version() -> str:
    """Name the version that runs."""
    try:
        return metadata.version("megabot")
    except metadata.PackageNotFoundError:
        return "0+checkout"


def sample_source() -> Path:
    """Give the folder of the sample source: beside the code in a checkout, inside it where installed."""
    installed = Path(__file__).parent / "sample"
    return installed if installed.exists() else Path(__file__).parents[1] / "templates"
