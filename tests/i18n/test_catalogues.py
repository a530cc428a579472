"""The translations that come with megabot: complete, correct, compiled, and made from the code as it is."""

import string
from collections.abc import Mapping
from gettext import GNUTranslations
from io import BytesIO

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from megabot.i18n import dates
from megabot.i18n.translation import language_used, mistakes, pgettext
from tools import messages

TRANSLATIONS = {path.parent.parent.name: path for path in messages.translations()}


def by_id(catalog: Catalog) -> dict[tuple[str | None, object], Message]:
    return {(message.context, message.id): message for message in catalog if message.id}


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _form, _conversion in string.Formatter().parse(text) if name is not None}


def forms(texts: object) -> tuple[str, ...]:
    return tuple(texts) if isinstance(texts, tuple | list) else (str(texts),)


def said(compiled: bytes) -> Mapping[object, str]:
    """What a `.mo` file says, without its header, which names the version of Babel."""
    found: dict[object, str] = vars(GNUTranslations(BytesIO(compiled)))["_catalog"]
    return {key: text for key, text in found.items() if key != ""}


def test_german_comes_with_megabot() -> None:
    assert "de" in TRANSLATIONS


def test_the_template_has_the_messages_of_the_code() -> None:
    """Put right by `make messages`."""
    with messages.TEMPLATE.open("rb") as opened:
        written = read_po(opened)

    code = by_id(messages.extract())
    assert by_id(written).keys() == code.keys()
    assert len(code) > 250


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_message_is_translated_and_nothing_is_fuzzy(language: str) -> None:
    found, code = by_id(messages.read(TRANSLATIONS[language])), by_id(messages.extract())

    assert found.keys() == code.keys()
    assert [message.id for message in found.values() if message.fuzzy] == []
    assert [message.id for message in found.values() if not all(forms(message.string))] == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_form_fills_in_what_the_english_one_does(language: str) -> None:
    wrong = [
        text
        for message in by_id(messages.read(TRANSLATIONS[language])).values()
        for text in forms(message.string)
        if placeholders(text) != placeholders(forms(message.id)[-1])
    ]

    assert wrong == []


def test_both_english_forms_of_a_plural_have_the_same_placeholders() -> None:
    """A `.mo` file keeps the singular alone, and translations with any other placeholder are left out."""
    different = [
        message.id
        for message in by_id(messages.extract()).values()
        if len({frozenset(placeholders(text)) for text in forms(message.id)}) > 1
    ]

    assert different == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_no_translation_that_comes_with_megabot_is_left_out(language: str) -> None:
    with language_used(language):
        assert mistakes() == ()


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_what_is_typed_stays_as_it_is(language: str) -> None:
    """Words in backticks, settings and shell commands are the same in every language."""

    def typed(text: str) -> list[str]:
        return sorted([*text.split("`")[1::2], *(word for word in text.split() if word.startswith("--"))])

    wrong = [
        message.string
        for message in by_id(messages.read(TRANSLATIONS[language])).values()
        if any(typed(text) != typed(forms(message.id)[0]) for text in forms(message.string))
    ]

    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    """Put right by `make messages`."""
    path = TRANSLATIONS[language]

    assert said(path.with_suffix(".mo").read_bytes()) == said(messages.compiled(path))


def in_order(names: Mapping[int, str]) -> list[str]:
    return [name for _number, name in sorted(names.items())]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_days_and_months_are_those_of_cldr(language: str) -> None:
    """The abbreviated and the wide names in the form for dates ("format", not "stand-alone")."""
    locale = Locale.parse(language)

    with language_used(language):
        weekdays = [pgettext(*name) for name in dates._WEEKDAYS]
        months = [pgettext(*name) for name in dates._MONTHS]
        full = [pgettext(*name) for name in dates._FULL_MONTHS]

    assert weekdays == in_order(locale.days["format"]["abbreviated"])
    assert months == in_order(locale.months["format"]["abbreviated"])
    assert full == in_order(locale.months["format"]["wide"])


def test_english_days_and_months_are_those_of_cldr_too() -> None:
    locale = Locale.parse("en")

    assert [name for _context, name in dates._WEEKDAYS] == in_order(locale.days["format"]["abbreviated"])
    assert [name for _context, name in dates._MONTHS] == in_order(locale.months["format"]["abbreviated"])
    assert [name for _context, name in dates._FULL_MONTHS] == in_order(locale.months["format"]["wide"])
