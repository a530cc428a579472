"""The active language: which file gives it, what is said without one, and that it is the whole process's."""

import ast
import re
import string
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from megabot.errors import ConfigError
from megabot.i18n.translation import (
    N_,
    NP_,
    _,
    active_language,
    catalogue_digest,
    html_language,
    language_bound,
    language_used,
    load_language,
    mistakes,
    ngettext,
    npgettext,
    pgettext,
    use_language,
)
from tests.languages import write_language
from tests.repository.test_structure import TREES

HELD = "this edition is skipped"
FILLED = "{edition} will be skipped"
SPEAKING = {"_", "ngettext", "pgettext", "npgettext", "N_", "NP_"}


def test_without_a_language_messages_are_said_as_they_are_written() -> None:
    assert _(HELD) == HELD
    assert pgettext("month", "May") == "May"
    assert [ngettext("{n} day", "{n} days", n).format(n=n) for n in (1, 2)] == ["1 day", "2 days"]
    assert [npgettext("age", "{n} day", "{n} days", n) for n in (1, 2)] == ["{n} day", "{n} days"]
    assert (N_(HELD), NP_("month", "May")) == (HELD, ("month", "May"))


def test_a_language_of_ones_own_is_spoken_until_another_one_is_chosen(tmp_path: Path) -> None:
    write_language(tmp_path, "pt_BR", {HELD: "pulada"})

    use_language("pt_BR", tmp_path)
    assert (_(HELD), active_language(), html_language()) == ("pulada", "pt_BR", "pt-BR")
    use_language("en", tmp_path)
    assert (_(HELD), active_language()) == (HELD, "en")


def test_ones_own_file_is_used_before_the_one_that_comes_with_megabot(tmp_path: Path) -> None:
    write_language(tmp_path, "de", {HELD: "ausgelassen"})

    with language_used("de", tmp_path):
        assert _(HELD) == "ausgelassen"


def test_a_message_that_a_translation_lacks_is_said_in_english(tmp_path: Path) -> None:
    write_language(tmp_path, "fr", {HELD: "omise"})

    with language_used("fr", tmp_path):
        assert _("Note removed.") == "Note removed."


def test_every_thread_speaks_the_language(tmp_path: Path) -> None:
    write_language(tmp_path, "fr", {HELD: "omise"})
    said: list[str] = []

    with language_used("fr", tmp_path):
        thread = threading.Thread(target=lambda: said.append(_(HELD)))
        thread.start()
        thread.join()

    assert said == ["omise"]


def test_a_bound_language_is_spoken_in_its_own_thread_alone(tmp_path: Path) -> None:
    """As by one of many accounts in the process."""
    for language, word in (("fr", "omise"), ("nl", "overgeslagen")):
        write_language(tmp_path, language, {HELD: word})
    said: dict[str, str] = {}
    meeting = threading.Barrier(2)

    def speak(language: str) -> None:
        with language_bound(load_language(language, tmp_path)):
            meeting.wait(30)
            said[language] = f"{_(HELD)} {active_language()} {html_language()}"
            meeting.wait(30)

    with language_used("nl", tmp_path):
        threads = [threading.Thread(target=speak, args=(language,)) for language in ("en", "fr")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert _(HELD) == "overgeslagen"

    assert said == {"en": f"{HELD} en en", "fr": "omise fr fr"}


def test_accounts_with_one_language_share_its_catalogue(tmp_path: Path) -> None:
    write_language(tmp_path, "fr", {HELD: "omise"})
    first = load_language("fr", tmp_path)

    assert load_language("fr", tmp_path).messages is first.messages


def test_a_language_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    write_language(tmp_path, "fr", {})

    with pytest.raises(ConfigError) as raised:
        use_language("nl", tmp_path)

    said = str(raised.value)
    assert said.startswith(
        f"There is no translation for MEGABOT_LANGUAGE=nl: {tmp_path}/nl/LC_MESSAGES/megabot.mo or "
    )
    assert re.search(r"does not exist\. Set MEGABOT_LANGUAGE to one of: .*\ben, fr\b", said)
    assert active_language() == "en"


@pytest.mark.parametrize("content", [b"", b"no catalogue at all", b"\xde\x12\x04\x95" + b"\xff" * 40])
def test_a_file_that_cannot_be_read_is_named_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    file = write_language(tmp_path, "fr", {})
    file.write_bytes(content)

    with pytest.raises(
        ConfigError, match=r"cannot be read: .* Compile it again with: pybabel compile"
    ) as raised:
        use_language("fr", tmp_path)

    assert str(raised.value).startswith(str(file))
    assert active_language() == "en"


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ("{wat} omise", "has {wat}, which the English sentence does not have"),
        ("omise", "lacks {edition}"),
        ("{edition!r} omise", "has {edition!r}, which the English sentence does not have"),
        ("{edition omise", "has a brace without its counterpart"),
        ("{} omise", "has {}, which the English sentence does not have"),
    ],
)
def test_a_translation_that_cannot_be_filled_in_stays_english_and_is_named(
    tmp_path: Path, wrong: str, what: str
) -> None:
    file = write_language(tmp_path, "fr", {FILLED: wrong, HELD: "omise"})

    with language_used("fr", tmp_path):
        assert _(FILLED).format(edition="news/2026-W47") == FILLED.format(edition="news/2026-W47")
        assert _(HELD) == "omise"
        named = mistakes()

    stays = "so this sentence stays English; correct it and compile the file again"
    assert named == (f'{file}: the translation of "{FILLED}" {what}, {stays}',)
    assert mistakes() == ()


def test_a_plural_form_may_leave_a_number_out_and_have_no_other_placeholder(tmp_path: Path) -> None:
    write_language(tmp_path, "fr", {("{number} day", "{number} days"): ("un jour", "{wat} jours")})

    with language_used("fr", tmp_path):
        said = [ngettext("{number} day", "{number} days", number) for number in (1, 2)]

    assert said == ["un jour", "{number} days"]


def test_the_digest_changes_with_the_language_and_with_its_messages(tmp_path: Path) -> None:
    digests = [catalogue_digest()]
    for folder, said in (("1", "omise"), ("2", "passée")):
        write_language(tmp_path / folder, "fr", {HELD: said})
        with language_used("fr", tmp_path / folder):
            digests.append(catalogue_digest())

    assert len(set(digests)) == 3
    assert catalogue_digest() == digests[0]


# -- how the code speaks


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPEAKING:
            yield node


def test_no_message_stands_in_an_f_string_where_it_cannot_be_extracted() -> None:
    """Babel sees no message within an f-string before Python 3.12."""
    hidden = [
        f"{module}:{call.lineno}"
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for call in _calls(node)
        if any(isinstance(argument, ast.Constant) for argument in call.args)
    ]

    assert hidden == []


def test_what_is_filled_in_has_a_name() -> None:
    """A translator may change the order of what is filled in, and sees what it is."""
    messages = [
        argument.value
        for tree in TREES.values()
        for call in _calls(tree)
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    names = [name for message in messages for _t, name, _f, _c in string.Formatter().parse(message)]

    assert len(messages) > 200
    assert [name for name in names if name is not None and not name.isidentifier()] == []


def test_dates_are_said_in_english_without_a_language() -> None:
    from megabot.i18n.dates import day_and_time, full_date

    at = datetime(2026, 5, 31, 9, 5)  # noqa: DTZ001  what its clock shows
    assert day_and_time(at) == "Sun 31 May 09:05"
    assert full_date(at) == "31 May 2026"
