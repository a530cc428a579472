"""The language of what people on Lemmy and readers of the site see: one for the whole process, by gettext.

`_` looks a message up when it is called, so that it always uses the active language. The language is a global
instead of a context variable, because the service writes from several threads.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import GNUTranslations, NullTranslations
from hashlib import sha256
from pathlib import Path

from megabot.errors import ConfigError

ENGLISH = "en"
DOMAIN = "megabot"
LOCALES = Path(__file__).parent / "locale"
"""The catalogues that come with megabot: `LANGUAGE/LC_MESSAGES/megabot.mo` in it."""


class _Active:
    language: str = ENGLISH
    messages: NullTranslations = NullTranslations()


def use_language(language: str, locale_dir: Path | None = None) -> None:
    """Use a language from now on. A catalogue in `locale_dir` is used before one that comes with megabot.

    Raises `ConfigError` if there is no such language or if its catalogue cannot be read.
    """
    messages = _read(language, locale_dir)  # first: after an error the language stays as it was
    _Active.language, _Active.messages = language, messages


@contextmanager
def language_used(language: str, locale_dir: Path | None = None) -> Iterator[None]:
    """Use a language within a block, in every thread of the process."""
    before = _Active.language, _Active.messages
    use_language(language, locale_dir)
    try:
        yield
    finally:
        _Active.language, _Active.messages = before


def active_language() -> str:
    """Return the name of the active language, as in `MEGABOT_LANGUAGE`."""
    return _Active.language


def catalogue_digest() -> str:
    """Return a digest of the active language and its messages, to notice that either changed."""
    said = sorted(map(repr, vars(_Active.messages).get("_catalog", {}).items()))
    return sha256("\n".join([_Active.language, *said]).encode()).hexdigest()


def html_language() -> str:
    """Return the active language as HTML and feeds name it: `pt-BR` for `pt_BR`."""
    return _Active.language.replace("_", "-")


def _(message: str) -> str:
    return _Active.messages.gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    return _Active.messages.ngettext(singular, plural, number)


def pgettext(context: str, message: str) -> str:
    return _Active.messages.pgettext(context, message)


def npgettext(context: str, singular: str, plural: str, number: int) -> str:
    return _Active.messages.npgettext(context, singular, plural, number)


def N_(message: str) -> str:  # noqa: N802  the name that gettext's tools and translators know
    """Mark a message of a table for translators; the caller translates it with `_`."""
    return message


def NP_(context: str, message: str) -> tuple[str, str]:  # noqa: N802  likewise
    """Mark a message with its context; the caller translates it with `pgettext(*marked)`."""
    return context, message


def _read(language: str, locale_dir: Path | None) -> NullTranslations:
    if language == ENGLISH:
        return NullTranslations()
    folders = [*([locale_dir] if locale_dir else []), LOCALES]
    file = next((path for folder in folders if (path := _catalogue(folder, language)).is_file()), None)
    if file is None:
        known = ", ".join(sorted({ENGLISH, *(name for folder in folders for name in _languages(folder))}))
        where = " or ".join(str(_catalogue(folder, language)) for folder in folders)
        raise ConfigError(
            f"There is no translation for MEGABOT_LANGUAGE={language}: {where} does not exist. "
            f"Set MEGABOT_LANGUAGE to one of: {known}"
        )
    try:
        with file.open("rb") as opened:
            return GNUTranslations(opened)
    except (OSError, ValueError, LookupError, SyntaxError, struct.error) as error:
        raise ConfigError(
            f"{file} cannot be read: {error}. Compile it again with: pybabel compile -D {DOMAIN} -d FOLDER"
        ) from error


def _languages(folder: Path) -> list[str]:
    return [path.parent.parent.name for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")]


def _catalogue(folder: Path, language: str) -> Path:
    return folder / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
