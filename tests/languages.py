"""Small translations for tests: catalogues of a few messages, compiled as `make messages` does it."""

from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

Messages = Mapping[str, str] | Mapping[tuple[str, str], tuple[str, str]]


def write_language(folder: Path, language: str, messages: Messages) -> Path:
    """Compile a catalogue into a folder such as `MEGABOT_LOCALE_DIR`; return the `.mo` file."""
    catalog = Catalog(locale=language)
    for message, translated in messages.items():
        catalog.add(message, translated)
    path = folder / language / "LC_MESSAGES" / "megabot.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as opened:
        write_mo(opened, catalog)
    return path
