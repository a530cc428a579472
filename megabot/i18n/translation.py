"""The language of what people on Lemmy and readers of the site see, by gettext.

`_` looks a message up when it is called, so that it always uses the active language. That is the language
bound to the running code (`language_bound`), which is how many accounts in one process each use their own;
without one it is the language of the whole process, which every thread uses.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from hashlib import sha256
from pathlib import Path
from string import Formatter

from megabot.errors import ConfigError

ENGLISH = "en"
DOMAIN = "megabot"
LOCALES = Path(__file__).parent / "locale"
"""The catalogues that come with megabot: `LANGUAGE/LC_MESSAGES/megabot.mo` in it."""
_CONTEXT_END = "\x04"  # between a context and its message in a .mo file


_KEPT = 16  # catalogues, for accounts that share a language


class _Active:
    """The language of the process."""

    language: str = ENGLISH
    messages: NullTranslations = NullTranslations()
    mistakes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """A language with its messages; `mistakes` has a sentence for each unusable translation."""

    language: str
    messages: NullTranslations
    mistakes: tuple[str, ...]


_bound: ContextVar[Language | None] = ContextVar("language", default=None)


def load_language(language: str, locale_dir: Path | None = None) -> Language:
    """Read a language. A catalogue in `locale_dir` is used before one that comes with megabot.

    Raises `ConfigError` if there is no such language or if its catalogue cannot be read.
    """
    return Language(language, *_read(language, locale_dir))


def use_language(language: str, locale_dir: Path | None = None) -> None:
    """Use a language in the whole process from now on. Raises like `load_language`."""
    loaded = load_language(language, locale_dir)  # first: after an error the language stays as it was
    _Active.language, _Active.messages = loaded.language, loaded.messages
    _Active.mistakes = loaded.mistakes


@contextmanager
def language_bound(language: Language) -> Iterator[None]:
    """Use a language within a block, in this thread alone."""
    token = _bound.set(language)
    try:
        yield
    finally:
        _bound.reset(token)


@contextmanager
def language_used(language: str, locale_dir: Path | None = None) -> Iterator[None]:
    """Use a language within a block, in every thread of the process."""
    before = _Active.language, _Active.messages, _Active.mistakes
    use_language(language, locale_dir)
    try:
        yield
    finally:
        _Active.language, _Active.messages, _Active.mistakes = before


def mistakes() -> tuple[str, ...]:
    """Return a sentence for each translation that cannot be filled in; its message stays English."""
    return _active().mistakes


def active_language() -> str:
    """Return the name of the active language, as in `MEGABOT_LANGUAGE`."""
    return _active().language


def catalogue_digest() -> str:
    """Return a digest of the active language and its messages, to notice that either changed."""
    active = _active()
    said = sorted(map(repr, vars(active.messages).get("_catalog", {}).items()))
    return sha256("\n".join([active.language, *said]).encode()).hexdigest()


def html_language() -> str:
    """Return the active language as HTML and feeds name it: `pt-BR` for `pt_BR`."""
    return _active().language.replace("_", "-")


def _(message: str) -> str:
    return _active().messages.gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    return _active().messages.ngettext(singular, plural, number)


def pgettext(context: str, message: str) -> str:
    return _active().messages.pgettext(context, message)


def npgettext(context: str, singular: str, plural: str, number: int) -> str:
    return _active().messages.npgettext(context, singular, plural, number)


def N_(message: str) -> str:  # noqa: N802  the name that gettext's tools and translators know
    """Mark a message of a table for translators; the caller translates it with `_`."""
    return message


def NP_(context: str, message: str) -> tuple[str, str]:  # noqa: N802  likewise
    """Mark a message with its context; the caller translates it with `pgettext(*marked)`."""
    return context, message


def _active() -> Language | type[_Active]:
    return _bound.get() or _Active


def _read(language: str, locale_dir: Path | None) -> tuple[NullTranslations, tuple[str, ...]]:
    if language == ENGLISH:
        return NullTranslations(), ()
    folders = [*([locale_dir] if locale_dir else []), LOCALES]
    file = next((path for folder in folders if (path := _catalogue(folder, language)).is_file()), None)
    if file is None:
        known = ", ".join(sorted({ENGLISH, *(name for folder in folders for name in _languages(folder))}))
        where = " or ".join(str(_catalogue(folder, language)) for folder in folders)
        raise ConfigError(
            f"There is no translation for MEGABOT_LANGUAGE={language}: {where} does not exist. "
            f"Set MEGABOT_LANGUAGE to one of: {known}. "
            "For a translation of your own, set MEGABOT_LOCALE_DIR"
        )
    try:
        return _opened(file, file.stat().st_mtime_ns)
    except (OSError, ValueError, LookupError, SyntaxError, struct.error) as error:
        raise ConfigError(
            f"{file} cannot be read: {error}. Compile it again with: pybabel compile -D {DOMAIN} -d FOLDER"
        ) from error


@lru_cache(maxsize=_KEPT)
def _opened(file: Path, changed: int) -> tuple[NullTranslations, tuple[str, ...]]:
    """Read a catalogue once for all accounts; `changed` is when the file was written."""
    with file.open("rb") as opened:
        messages = GNUTranslations(opened)
    return messages, tuple(_without_mistakes(messages, file))


def _without_mistakes(messages: GNUTranslations, file: Path) -> Iterator[str]:
    """Remove each translation that cannot be filled in, and yield a sentence about it."""
    # Such a sentence would fail when it is said, and with it the command that it replies to.
    catalog: dict[str | tuple[str, int], str] = vars(messages)["_catalog"]
    for key, translated in list(catalog.items()):
        message = (key if isinstance(key, str) else key[0]).rpartition(_CONTEXT_END)[2]
        what = _placeholder_mistake(message, translated, plural=not isinstance(key, str)) if message else ""
        if what:
            del catalog[key]
            yield (
                f'{file}: the translation of "{message}" {what}, so this sentence stays English; correct it '
                "and compile the file again"
            )


def _placeholder_mistake(message: str, translated: str, *, plural: bool) -> str:
    """Return what is wrong with the placeholders of a translation; a plural form may leave some out."""
    allowed = _placeholders(message)
    try:
        used = _placeholders(translated)
    except ValueError:
        return "has a brace without its counterpart"
    if unknown := sorted(used - allowed):
        return f"has {', '.join(unknown)}, which the English sentence does not have"
    missing = sorted(allowed - used)
    return f"lacks {', '.join(missing)}" if missing and not plural else ""


def _placeholders(text: str) -> set[str]:
    """Return the placeholders as they are written. Raises `ValueError` for a single brace."""
    return {
        "".join(("{", name, f"!{conversion}" if conversion else "", f":{form}" if form else "", "}"))
        for _, name, form, conversion in Formatter().parse(text)
        if name is not None
    }


def _languages(folder: Path) -> list[str]:
    return [path.parent.parent.name for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")]


def _catalogue(folder: Path, language: str) -> Path:
    return folder / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
