"""What a process starts with: settings, log, version, and the sample templates."""

import logging
import os
from collections.abc import Callable, Collection, Mapping
from importlib import metadata
from pathlib import Path

from megabot import log_setup, settings_sources
from megabot.settings import Settings

_STDERR = 2
log = logging.getLogger("megabot")


def read_settings(options: Mapping[str, object]) -> Settings:
    """Read the settings from the command line's options and the environment, and set up the log."""
    warnings: list[str] = []
    settings = load_settings(options, warn=warnings.append)
    set_up_log(settings, options)
    for sentence in warnings:  # only now: the settings decide how the log is set up
        log.warning("%s", sentence)
    return settings


def load_settings(options: Mapping[str, object], *, warn: Callable[[str], None]) -> Settings:
    """Read the settings from the command line's options and the environment."""
    account, env_file = options.get("account"), options.get("env_file")
    if account:
        return settings_sources.load_account(Path(str(account)).absolute(), os.environ, warn=warn)
    return settings_sources.load(
        os.environ,
        env_file=Path(str(env_file)) if env_file else None,
        cwd=Path.cwd(),
        bot=str(options.get("bot") or ""),
        warn=warn,
    )


def set_up_log(settings: Settings, options: Mapping[str, object]) -> None:
    level = "DEBUG" if options.get("verbose") else settings.log_level
    journal = log_setup.goes_to_journal(os.environ, _STDERR)
    log_setup.set_up(level, secrets=settings.secret_texts(), journal=journal)


def set_up_log_of_many(settings: Collection[Settings], options: Mapping[str, object]) -> None:
    """Log for many accounts: what any of them wants to see, without the secrets of any of them."""
    levels = ["DEBUG"] if options.get("verbose") else [one.log_level for one in settings] or ["INFO"]
    log_setup.set_up(
        min(levels, key=logging.getLevelNamesMapping().__getitem__),
        secrets=[secret for one in settings for secret in one.secret_texts()],
        journal=log_setup.goes_to_journal(os.environ, _STDERR),
    )


def own_version() -> str:
    try:
        return metadata.version("megabot")
    except metadata.PackageNotFoundError:
        return "0+checkout"


def sample_source() -> Path:
    """Return the folder with the sample templates: in the package if installed, beside it in a checkout."""
    installed = Path(__file__).parent / "sample"
    return installed if installed.exists() else Path(__file__).parents[1] / "templates"
