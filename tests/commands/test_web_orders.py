"""Orders from the page say the same as the command that a moderator chose there."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from megabot.commands.model import Command, Handle, ParseFailureReason, Verb, Word
from megabot.commands.parser import parse
from megabot.commands.web_orders import (
    ORDERS,
    UnwritableOrderError,
    is_order,
    order_record,
    order_text,
    text_digest,
)
from megabot.forum.notices import Origin
from megabot.ledger.records import CommandRecord, CommandState
from megabot.schedule.clock_times import RelativeDay, TimeExpression, Weekday, YearDay
from tests.fakes import MONDAY_NOON

BOT = Handle("megabot", "lemmy.example")
NAMES = ("news", "friday", "to", "2026")
KEYS = ["", "2026-W48", "2026-12", "2026-12-24", "2026-12-24-1800"]
KIM = "https://lemmy.example/u/kim"


def order(command: Command, key: str = "web:0a") -> CommandRecord:
    return order_record(command, key=key, actor=KIM, by="kim", at=MONDAY_NOON, threads=NAMES)


def read(record: CommandRecord) -> object:
    return parse(record.said, origin=Origin.MESSAGE, bot=BOT, threads=NAMES)


threads, editions = st.sampled_from(NAMES), st.sampled_from(KEYS)
minutes = st.integers(1, 9999 * 24 * 60)
spans = st.builds(lambda count, sign: timedelta(minutes=count) * sign, minutes, st.sampled_from([1, -1]))
days = st.one_of(
    st.dates(date(1970, 1, 1), date(2999, 12, 31)),
    st.integers(0, 6).map(Weekday),
    st.integers(0, 1).map(RelativeDay),
    st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: YearDay(day.month, day.day)),
)
clock_times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
times = st.one_of(
    st.builds(TimeExpression, span=spans),
    st.builds(TimeExpression, day=days, at=st.none() | clock_times),
    st.builds(TimeExpression, at=clock_times),
)
plain = st.one_of(
    st.builds(
        Command, verb=st.sampled_from([Verb.HOLD, Verb.SKIP, Verb.RESUME]), thread=threads, edition=editions
    ),
    st.builds(Command, verb=st.just(Verb.MOVE), thread=threads, edition=editions, when=times),
    st.builds(
        Command,
        verb=st.just(Verb.POST),
        thread=threads,
        edition=editions,
        word=st.sampled_from([None, Word.NEXT]),
    ),
    st.builds(Command, verb=st.just(Verb.POST), thread=threads, part=st.integers(0, 999)),
    st.builds(Command, verb=st.just(Verb.REPOST), thread=threads, word=st.sampled_from([None, Word.YES])),
    st.builds(Command, verb=st.just(Verb.REFRESH), thread=threads, word=st.sampled_from([None, Word.TITLE])),
    st.builds(
        Command, verb=st.sampled_from([Verb.UNDO, Verb.UNNOTE, Verb.FEATURE, Verb.UNFEATURE]), thread=threads
    ),
    st.builds(
        Command, verb=st.just(Verb.PREAMBLE), thread=threads, edition=editions, word=st.just(Word.CLEAR)
    ),
)


@given(plain)
def test_an_order_is_read_as_the_command_that_it_was_written_for(command: Command) -> None:
    assert read(order(command)) == command


@given(threads, editions, st.text(min_size=1, max_size=300))
def test_any_essay_is_read_as_it_was_typed(thread: str, edition: str, text: str) -> None:
    assume(text == text.strip())
    command = Command(verb=Verb.PREAMBLE, thread=thread, edition=edition, text=text)

    assert read(order(command)) == command


def test_space_around_an_essay_is_left_out_but_not_its_indentation() -> None:
    command = Command(verb=Verb.PREAMBLE, thread="news", text="\r\n \n    code\r\n\r\nwords \r\n\n")

    assert read(order(command)) == replace(command, text="    code\r\n\r\nwords")


@pytest.mark.parametrize(
    "text", ["clear", "2026-W49 is the week", "---\nimage: a.png\n---\nWords", "> quoted", "```\nx", "news"]
)
def test_an_essay_may_begin_with_anything(text: str) -> None:
    command = Command(verb=Verb.PREAMBLE, thread="news", edition="2026-W48", text=text)

    assert read(order(command)) == command


words = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=200)


@given(threads, words, times)
def test_a_note_with_an_end_is_read_as_it_was_typed(thread: str, text: str, when: TimeExpression) -> None:
    assume(text == text.strip() and not text.endswith((",", ";")))
    command = Command(verb=Verb.NOTE, thread=thread, text=text, when=when)

    try:
        record = order(command)
    except UnwritableOrderError:
        # Its first words, or its last ones, mean something of their own.
        assume(False)
    assert read(record) == command


@given(threads, st.text(max_size=100), st.none() | times)
def test_a_note_is_read_as_it_was_typed_or_refused(
    thread: str, text: str, when: TimeExpression | None
) -> None:
    command = Command(verb=Verb.NOTE, thread=thread, text=text, when=when)

    try:
        record = order(command)
    except UnwritableOrderError:
        return
    assert read(record) == replace(command, text=text.strip())


def test_a_note_whose_words_mean_an_end_is_refused_without_one() -> None:
    with pytest.raises(UnwritableOrderError) as caught:
        order(Command(verb=Verb.NOTE, thread="news", text="closed until Friday"))
    assert caught.value.failure is None


def test_a_text_that_is_too_long_is_refused_with_the_limit() -> None:
    with pytest.raises(UnwritableOrderError) as caught:
        order(Command(verb=Verb.NOTE, thread="news", text="x" * 501))
    assert caught.value.failure is not None
    assert (caught.value.failure.reason, caught.value.failure.longest) == (ParseFailureReason.TOO_LONG, 500)


@pytest.mark.parametrize("verb", sorted(set(Verb) - ORDERS))
def test_a_verb_that_the_page_does_not_have_is_no_order(verb: Verb) -> None:
    with pytest.raises(ValueError, match="no order"):
        order(Command(verb=verb, thread="news"))


def test_an_order_says_who_gave_it_and_waits_for_the_service() -> None:
    record = order(Command(verb=Verb.SKIP, thread="news", edition="2026-W48"))

    assert record == CommandRecord(
        key="web:0a",
        at=MONDAY_NOON,
        state=CommandState.ACTING,
        by="kim",
        actor=KIM,
        verb="skip",
        threads=NAMES,
        said="skip news 2026-W48",
    )
    assert is_order(record)
    assert not is_order(replace(record, key="message:1"))


def test_a_key_of_another_kind_is_no_order() -> None:
    with pytest.raises(ValueError, match="no order"):
        order(Command(verb=Verb.SKIP, thread="news"), key="message:1")


def test_a_command_without_a_thread_is_no_order() -> None:
    with pytest.raises(ValueError, match="no order"):
        order(Command(verb=Verb.SKIP))


def test_an_order_reads_like_a_message() -> None:
    when = TimeExpression(day=Weekday(4), at=time(18))

    assert order_text(Command(verb=Verb.MOVE, thread="news", when=when)) == "move news to Friday 18:00"


def test_only_the_words_of_a_preamble_count_for_its_digest() -> None:
    assert text_digest("Words\r\nmore\r\n") == text_digest("Words\nmore") != text_digest("Words more")
    assert text_digest("") == text_digest("\n") != ""
