"""The grammar of commands: each verb, what is forgiven, what is not addressed to the bot, what is wrong."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from megabot.commands.model import Command, Handle, ParseFailure, ParseFailureReason, Verb, Word
from megabot.commands.parser import parse
from megabot.forum.notices import Origin
from megabot.schedule.clock_times import RelativeDay, TimeExpression, Weekday
from tests.cost import LINEAR, growth

CLOCK = Handle("clock.bot", "forum.example")
ME = "@clock.bot@forum.example"
LINK = f"[{ME}](https://forum.example/u/clock.bot)"
THREADS = ["news", "reading-group"]
SIX = Command(verb=Verb.MOVE, when=TimeExpression(at=time(18)))
ON_TUESDAY = Command(verb=Verb.MOVE, when=TimeExpression(day=date(2026, 11, 24), at=time(18)))
LINES = {
    "help": Command(verb=Verb.HELP),
    "help me with this": Command(verb=Verb.HELP),
    "web": Command(verb=Verb.WEB),
    "web logout": Command(verb=Verb.WEB, word=Word.LOGOUT),
    "status": Command(verb=Verb.STATUS),
    "status reading-group": Command(verb=Verb.STATUS, thread="reading-group"),
    "preview": Command(verb=Verb.PREVIEW),
    "preview all": Command(verb=Verb.PREVIEW, word=Word.ALL),
    "preview 2026-11 news all": Command(verb=Verb.PREVIEW, thread="news", edition="2026-11", word=Word.ALL),
    "post": Command(verb=Verb.POST),
    "post anyway": Command(verb=Verb.POST),
    "post news part 2": Command(verb=Verb.POST, thread="news", part=2),
    "post part 2 anyway news": Command(verb=Verb.POST, thread="news", part=2),
    "repost": Command(verb=Verb.REPOST),
    "repost news yes": Command(verb=Verb.REPOST, thread="news", word=Word.YES),
    "refresh news": Command(verb=Verb.REFRESH, thread="news"),
    "adopt": Command(verb=Verb.ADOPT),
    "unadopt": Command(verb=Verb.UNADOPT),
    "post next": Command(verb=Verb.POST, word=Word.NEXT),
    "post 2026-w47": Command(verb=Verb.POST, edition="2026-W47"),
    "refresh title": Command(verb=Verb.REFRESH, word=Word.TITLE),
    "adopt 2026-W47": Command(verb=Verb.ADOPT, edition="2026-W47"),
    "hold": Command(verb=Verb.HOLD),
    "skip 2026-11-16 news": Command(verb=Verb.SKIP, thread="news", edition="2026-11-16"),
    "skip news 2026-11-16": Command(verb=Verb.SKIP, thread="news", edition="2026-11-16"),
    "move +2h": Command(verb=Verb.MOVE, when=TimeExpression(span=timedelta(hours=2))),
    "move news -30m": Command(
        verb=Verb.MOVE, thread="news", when=TimeExpression(span=-timedelta(minutes=30))
    ),
    "move +1d12h news": Command(verb=Verb.MOVE, thread="news", when=TimeExpression(span=timedelta(hours=36))),
    "move + 2 hours": Command(verb=Verb.MOVE, when=TimeExpression(span=timedelta(hours=2))),
    "move 18:00": SIX,
    "move to 18:00": SIX,
    "move 18": SIX,
    "move 6pm": SIX,
    "move to 6 pm": SIX,
    "move news 18:00": replace(SIX, thread="news"),
    "move to 9:30 news": Command(verb=Verb.MOVE, thread="news", when=TimeExpression(at=time(9, 30))),
    "move news to noon": Command(verb=Verb.MOVE, thread="news", when=TimeExpression(at=time(12))),
    "move tomorrow 18:00": Command(verb=Verb.MOVE, when=TimeExpression(day=RelativeDay(1), at=time(18))),
    "move Friday at 6:30 pm news": Command(
        verb=Verb.MOVE, thread="news", when=TimeExpression(day=Weekday(4), at=time(18, 30))
    ),
    "move to Friday": Command(verb=Verb.MOVE, when=TimeExpression(day=Weekday(4))),
    "move to 2026-11-24 18:00": ON_TUESDAY,
    "move 2026-11-24 18:00": ON_TUESDAY,
    "move to November 24, 2026 at 6 p.m.": ON_TUESDAY,
    "move 2026-11-23 to 2026-11-24 18:00": replace(ON_TUESDAY, edition="2026-11-23"),
    "move 2026-11-23 +2h": Command(
        verb=Verb.MOVE, edition="2026-11-23", when=TimeExpression(span=timedelta(hours=2))
    ),
    "move 2026-W48 18:00": replace(SIX, edition="2026-W48"),
    "resume": Command(verb=Verb.RESUME),
    "note The map is down": Command(verb=Verb.NOTE, text="The map is down"),
    "note news The `map` is [down](https://a.example) for 6h": Command(
        verb=Verb.NOTE,
        thread="news",
        text="The `map` is [down](https://a.example)",
        when=TimeExpression(span=timedelta(hours=6)),
    ),
    "note Wait for 2 people": Command(verb=Verb.NOTE, text="Wait for 2 people"),
    "note Closed until further notice": Command(verb=Verb.NOTE, text="Closed until further notice"),
    "unnote news": Command(verb=Verb.UNNOTE, thread="news"),
    "feature": Command(verb=Verb.FEATURE),
    "unfeature": Command(verb=Verb.UNFEATURE),
    "alerts on": Command(verb=Verb.ALERTS, word=Word.ON),
    "alerts off": Command(verb=Verb.ALERTS, word=Word.OFF),
    "hold 2026-11-16-1800": Command(verb=Verb.HOLD, edition="2026-11-16-1800"),
    "undo": Command(verb=Verb.UNDO),
    "optout": Command(verb=Verb.OPTOUT),
    "confirm K7X2": Command(verb=Verb.CONFIRM, text="k7x2"),
    "yes k7x2": Command(verb=Verb.CONFIRM, text="k7x2"),
}


def read(text: str, origin: Origin = Origin.COMMENT) -> Command | ParseFailure | None:
    return parse(text, origin=origin, bot=CLOCK, threads=THREADS)


def said(text: str) -> Command | ParseFailure | None:
    return read(text, Origin.MESSAGE)


@pytest.mark.parametrize("line", LINES)
def test_each_verb_is_read_after_a_mention_in_a_reply_and_in_a_message(line: str) -> None:
    assert read(f"{ME} {line}") == LINES[line]
    assert read(line, Origin.REPLY) == LINES[line]
    assert said(line) == LINES[line]


def test_every_verb_has_a_line_here() -> None:
    assert {command.verb for command in LINES.values()} == {*Verb} - {Verb.PREAMBLE}


@pytest.mark.parametrize(
    ("line", "as_"),
    [
        ("REPOST Yes", "repost yes"),
        ("repost yes!", "repost yes"),
        ("Repost, please.", "repost"),
        ("please repost", "repost"),
        ("  repost   news  ", "repost news"),
        ("repost: News.", "repost news"),
        ("adopt 2026-w47", "adopt 2026-W47"),
        ("move −30M", "move -30m"),
        ("move to  2026-11-24T18:00.", "move to 2026-11-24 18:00"),
        ("note: The map is down  ", "note The map is down"),
        ("note news: The map", "note news The map"),
        ("note Down for 6H.", "note Down for 6h"),
    ],
)
def test_the_way_of_writing_is_forgiven(line: str, as_: str) -> None:
    assert isinstance(said(as_), Command)
    assert said(line) == said(as_)


@pytest.mark.parametrize(
    "mention",
    [
        ME,
        ME.upper(),
        f"  {ME}",
        f"{ME}:",
        f"{ME},",
        f"{ME}!",
        LINK,
        f"{LINK}:",
        f"[{ME}](https://elsewhere.example/u/clock.bot@forum.example)",
        f"Good morning.\n\n{ME}",
        f"Good morning,\n{ME}",
        f"> {ME} skip\n\n{ME}",
    ],
)
def test_a_mention_at_the_beginning_of_a_line_addresses(mention: str) -> None:
    assert read(f"{mention} repost") == Command(verb=Verb.REPOST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "repost",
        "@clock.bot repost",
        "@clock.bot@elsewhere.example repost",
        f"{ME}.evil.example repost",
        f"{ME}:8536 repost",
        f"{ME}s repost",
        "@clock-bot@forum.example repost",
        "@cloc\u212a.bot@forum.example repost",
        f"Thanks to {ME} for the thread",
        f"Thanks, {ME}",
        f"> {ME} repost",
        f"`{ME} repost`",
        f"```\n{ME} repost\n```",
        f"::: spoiler S\n{ME} repost\n:::",
        f"[{ME} repost](https://forum.example/u/clock.bot)",
        f"[{ME}](https://a.example) repost",
        f"`{LINK} repost`",
        f"\\{LINK} repost",
        f"a{ME} repost",
    ],
)
def test_a_comment_without_one_is_not_addressed(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("origin", [Origin.REPLY, Origin.MESSAGE])
@pytest.mark.parametrize("name", ["@clock.bot ", f"{ME} ", f"{ME}: ", f"{LINK} ", "> quoted\n\n", "\n\n"])
def test_where_no_mention_is_needed_one_is_no_hindrance(name: str, origin: Origin) -> None:
    assert read(f"{name}repost yes", origin) == Command(verb=Verb.REPOST, word=Word.YES)


@pytest.mark.parametrize("text", ["Thank you all!", "> repost yes", "`repost`", "", f"Nice, {ME}"])
def test_a_reply_that_is_talk_is_not_addressed(text: str) -> None:
    assert read(text, Origin.REPLY) is None


def test_in_a_reply_the_line_with_the_mention_is_the_one_that_counts() -> None:
    assert read(f"Thank you!\n\n{ME} repost", Origin.REPLY) == Command(verb=Verb.REPOST)


def test_only_the_first_line_that_addresses_counts() -> None:
    assert read(f"{ME} repost\n{ME} skip") == Command(verb=Verb.REPOST)
    assert said("repost\nskip") == Command(verb=Verb.REPOST)


def test_a_message_of_a_quote_alone_says_nothing() -> None:
    assert said("> repost yes\n\n`repost`") is None


@pytest.mark.parametrize(
    "line", ["repost `yes`", "repost [yes](https://a.example)", "repost ~~yes~~", "repost **yes**"]
)
def test_a_marked_word_is_not_the_plain_one(line: str) -> None:
    answer = read(f"{ME} {line}")

    assert isinstance(answer, ParseFailure)
    assert answer.verb is Verb.REPOST


@pytest.mark.parametrize(
    ("line", "word", "near"),
    [
        ("repots", "repots", "repost"),
        ("STAUS news", "staus", "status"),
        ("post?", "post?", "post"),
        ("do something", "do", ""),
        ("x" * 200, "x" * 40, ""),
        ("`repost`", "", ""),
        ("", "", ""),
        ("\nrepost", "", ""),
    ],
)
def test_an_unknown_verb_comes_with_the_one_that_is_alike(line: str, word: str, near: str) -> None:
    assert read(f"{ME} {line}") == ParseFailure(reason=ParseFailureReason.UNKNOWN_VERB, word=word, near=near)


def test_a_reply_with_a_slip_in_its_verb_is_no_talk() -> None:
    slip = ParseFailure(reason=ParseFailureReason.UNKNOWN_VERB, word="repsot", near="repost")

    assert read("repsot yes", Origin.REPLY) == slip


@pytest.mark.parametrize(
    ("line", "word", "near"),
    [
        ("repost newz", "newz", "news"),
        ("repost reading", "reading", "reading-group"),
        ("repost yess", "yess", "yes"),
        ("post is down?", "is", ""),
        ("move +2h nws", "nws", "news"),
    ],
)
def test_an_unknown_thread_comes_with_what_is_alike(line: str, word: str, near: str) -> None:
    answer = said(line)

    assert isinstance(answer, ParseFailure)
    assert (answer.reason, answer.word, answer.near) == (ParseFailureReason.UNKNOWN_THREAD, word, near)


@pytest.mark.parametrize(
    "line",
    [
        "post yes",
        "post part",
        "post part 0",
        "post part 2nd",
        "post part 2 part 3",
        "repost news yes 2",
        "repost news news",
        "repost yes yes",
        "adopt https://forum.example/post/1",
        "adopt 2026-W47 2026-W48",
        "move 2h",
        "move +0h",
        "move soon",
        "move to 25:00",
        "move to 2026-02-30 18:00",
        "move +2h to 18:00",
        "alerts news on",
        "alerts on off",
        "optout now",
        "confirm x",
        "confirm k7x2 k7x3",
    ],
)
def test_a_wrong_argument_is_named(line: str) -> None:
    answer = said(line)

    assert isinstance(answer, ParseFailure)
    assert answer.reason is ParseFailureReason.WRONG_ARGUMENT
    assert answer.word in line.lower()
    assert answer.word != answer.near


@pytest.mark.parametrize(
    ("end", "when"),
    [
        ("for 6h", TimeExpression(span=timedelta(hours=6))),
        ("for 6 h", TimeExpression(span=timedelta(hours=6))),
        ("for 6 hours.", TimeExpression(span=timedelta(hours=6))),
        ("for six hours", TimeExpression(span=timedelta(hours=6))),
        ("(for 6 hours).", TimeExpression(span=timedelta(hours=6))),
        ("for an hour", TimeExpression(span=timedelta(hours=1))),
        ("for 2 days", TimeExpression(span=timedelta(days=2))),
        ("for\u00a02\u00a0days\u200e", TimeExpression(span=timedelta(days=2))),
        ("for 1 day and 12 hours", TimeExpression(span=timedelta(hours=36))),
        ("until Friday", TimeExpression(day=Weekday(4))),
        ("until Friday 18:00", TimeExpression(day=Weekday(4), at=time(18))),
        ("until 18:00", TimeExpression(at=time(18))),
        ("till tomorrow at 6pm", TimeExpression(day=RelativeDay(1), at=time(18))),
        ("until 2026-11-24 18:00!", TimeExpression(day=date(2026, 11, 24), at=time(18))),
    ],
)
def test_the_end_of_a_note_is_said_as_people_say_it(end: str, when: TimeExpression) -> None:
    for text in ("Back soon", "Waiting for 3 of us until now"):
        assert said(f"note {text}, {end}") == Command(verb=Verb.NOTE, text=text, when=when)


SPACES = ["\u00a0", "\u2009", "\u3000", "\u200e", "\u200b", "\u2067 ", "\ufeff", " \u00a0"]


@pytest.mark.parametrize("space", SPACES)
def test_a_space_of_any_kind_is_a_space_and_a_mark_that_shows_nothing_is_nothing(space: str) -> None:
    for text in (f"{space}{ME} repost yes", f"{ME}{space} repost yes", f"{ME} repost{space} yes{space}"):
        assert read(text) == Command(verb=Verb.REPOST, word=Word.YES)
        assert said(text) == Command(verb=Verb.REPOST, word=Word.YES)
    assert said(f"{space}repost yes") == Command(verb=Verb.REPOST, word=Word.YES)
    assert said(f"note{space} Off we go") == Command(verb=Verb.NOTE, text="Off we go")


def test_a_mark_that_shows_nothing_splits_no_word() -> None:
    assert said("re\u00adpost y\u200bes") == Command(verb=Verb.REPOST, word=Word.YES)


@pytest.mark.parametrize(
    "name", [f"**{ME}**", f"*{ME}*:", f"__{ME}__", f"**{LINK}**", f"***{ME}***,", f"**{ME}:**"]
)
def test_a_name_in_bold_or_italics_is_still_the_name(name: str) -> None:
    assert read(f"{name} repost") == Command(verb=Verb.REPOST)
    assert said(f"{name} repost") == Command(verb=Verb.REPOST)


def test_a_thread_that_is_called_like_a_day_is_the_thread() -> None:
    read_ = parse("move friday 18:00", origin=Origin.MESSAGE, bot=CLOCK, threads=["friday"])

    assert read_ == replace(SIX, thread="friday")


def test_a_duration_without_a_sign_comes_with_what_may_be_meant() -> None:
    assert said("move 2h") == ParseFailure(
        reason=ParseFailureReason.WRONG_ARGUMENT, verb=Verb.MOVE, word="2h", near="+2h"
    )


@pytest.mark.parametrize(
    "line", ["move", "move news", "alerts", "confirm", "yes", "note", "note news", "note for 6h"]
)
def test_a_missing_argument_is_noticed(line: str) -> None:
    answer = said(line)

    assert isinstance(answer, ParseFailure)
    assert answer.reason is ParseFailureReason.MISSING_ARGUMENT


def test_a_note_has_an_end() -> None:
    longest = ParseFailure(reason=ParseFailureReason.TOO_LONG, verb=Verb.NOTE, longest=500)

    assert said(f"note {'x' * 500}") == Command(verb=Verb.NOTE, text="x" * 500)
    assert said(f"note {'x' * 501}") == longest


@pytest.mark.parametrize("text", [f"Hello {ME} repost", f"Hello {LINK} repost!", f"({ME} repost)"])
@pytest.mark.parametrize("origin", [Origin.COMMENT, Origin.REPLY])
def test_a_verb_after_a_mention_within_a_line_is_noticed_only(text: str, origin: Origin) -> None:
    assert read(text, origin) == ParseFailure(reason=ParseFailureReason.NOT_FIRST, verb=Verb.REPOST)


ESSAY = (
    "# A *quiet* week\r\n\r\n> a quote\n\n```\ncode\n```\n::: spoiler More\nwords\n:::\n[b]: "
    "https://b.example"
)


@pytest.mark.parametrize("between", [" ", "\n", "\n\n", "\r\n\r\n", ": ", "  \n \n"])
def test_a_preamble_is_the_rest_of_the_message_as_it_was_written(between: str) -> None:
    assert said(f"preamble{between}{ESSAY}\n") == Command(verb=Verb.PREAMBLE, text=ESSAY)


@pytest.mark.parametrize("names", ["news 2026-W47", "2026-w47 news", "news 2026-W47:"])
def test_a_preamble_may_name_its_thread_and_edition(names: str) -> None:
    expected = Command(verb=Verb.PREAMBLE, thread="news", edition="2026-W47", text=ESSAY)

    assert said(f"preamble {names}\n{ESSAY}") == expected
    assert said(f"preamble {names} {ESSAY}") == expected


@pytest.mark.parametrize(
    "text",
    ["News of the week", "newsworthy", "clear skies", "clear\n\nAnd so on", "please read", "2026 began"],
)
def test_an_essay_may_begin_with_nearly_any_word(text: str) -> None:
    assert said(f"preamble {text}") == Command(verb=Verb.PREAMBLE, text=text)


@pytest.mark.parametrize("line", ["films", "films 2026-W51", "2026-w51 films", "films:"])
def test_one_word_above_an_essay_that_names_no_thread_is_refused(line: str) -> None:
    """Else it would be the first line of the post."""
    refusal = ParseFailure(reason=ParseFailureReason.UNKNOWN_THREAD, verb=Verb.PREAMBLE, word="films")

    assert said(f"preamble {line}\n\n{ESSAY}") == refusal


@pytest.mark.parametrize("line", ["Films", "films and books", "films,", "news films"])
def test_a_line_that_cannot_name_a_thread_begins_an_essay(line: str) -> None:
    read_back = said(f"preamble {line}\n\n{ESSAY}")

    assert isinstance(read_back, Command)
    assert read_back.text.endswith(ESSAY)


@pytest.mark.parametrize("text", ["<b>bold</b>", "::: more", "> a quote", "| a |\n|---|", "[b]: c", "- one"])
def test_a_preamble_may_begin_with_any_markdown(text: str) -> None:
    assert said(f"preamble\n{text}") == Command(verb=Verb.PREAMBLE, text=text)


def test_the_indentation_of_a_preamble_is_kept() -> None:
    assert said("preamble\n\n    code\n") == Command(verb=Verb.PREAMBLE, text="    code")


@pytest.mark.parametrize("line", ["preamble news clear", "preamble clear news!", "Preamble news Clear\n\n"])
def test_a_preamble_is_cleared_by_that_word_alone(line: str) -> None:
    assert said(line) == Command(verb=Verb.PREAMBLE, thread="news", word=Word.CLEAR)


@pytest.mark.parametrize("line", ["preamble", "preamble news", "preamble\n\n \n"])
def test_a_preamble_needs_words(line: str) -> None:
    assert said(line) == ParseFailure(reason=ParseFailureReason.MISSING_ARGUMENT, verb=Verb.PREAMBLE)


def test_a_preamble_has_an_end() -> None:
    longest = ParseFailure(reason=ParseFailureReason.TOO_LONG, verb=Verb.PREAMBLE, longest=10_000)

    assert said(f"preamble {'x' * 10_001}") == longest


@pytest.mark.parametrize("origin", [Origin.COMMENT, Origin.REPLY])
def test_a_preamble_comes_by_message_only(origin: Origin) -> None:
    only = ParseFailure(reason=ParseFailureReason.ONLY_BY_MESSAGE, verb=Verb.PREAMBLE)

    assert read(f"{ME} preamble clear", origin) == only


def test_a_mention_within_an_essay_commands_nothing() -> None:
    essay = f"This week in short.\n\n{ME} repost"

    assert said(f"preamble {essay}") == Command(verb=Verb.PREAMBLE, text=essay)


HIDING = [
    "> {}",
    "> a\n{}",
    "- a\n\n  {}",
    "    {}",
    "`{}`",
    "`a\n{}\nb`",
    "```\n{}\n```",
    "~~~\n\n{}\n\n~~~",
]
HIDING += [
    "::: spoiler S\n{}\n:::",
    "[{}](https://a.example)",
    "![a\n{}\n](b.png)",
    "<p\n{}>",
    "<div>\n\n{}\n\n",
]
HIDING += ["| a |\n|-|\n{}", "[^1]: a\n{}", "~~a\n{}\n~~"]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(HIDING),
    st.sampled_from([*LINES]),
    st.sampled_from([*Origin]),
    st.sampled_from([ME, LINK]),
)
def test_nothing_that_is_hidden_commands(hiding: str, line: str, origin: Origin, name: str) -> None:
    text = hiding.format(f"{name} {line}") + "\n\n> done"

    assert not isinstance(read(text, origin), Command)
    assert not isinstance(read(f"{text}\n\n{text}", origin), Command)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.text(max_size=5) | st.sampled_from([ME, LINK, "\n", " ", *LINES, *"`>-[]()~|:"])),
    st.sampled_from([*Origin]),
)
def test_no_text_is_too_odd_to_be_read(parts: list[str], origin: Origin) -> None:
    answer = read("".join(parts), origin)

    assert answer is None or isinstance(answer, Command | ParseFailure)


@pytest.mark.parametrize(
    "piece",
    [
        f"{ME} ",
        f"{ME}:",
        f"a {ME} x ",
        LINK,
        LINK[:-1],
        "[@clock.bot](https://",
        "to ",
        "part 1",
        "for 1h ",
        "for  ",
        "until 1 ",
        "\u200b",
        f"{ME}    ",
        "**",
    ],
)
@pytest.mark.parametrize("before", ["", "note ", "post ", "preamble ", "move "])
def test_a_long_text_costs_in_proportion_to_its_length(piece: str, before: str) -> None:
    def read_as_all(text: str) -> None:
        for origin in Origin:
            read(text, origin)

    def text_of(size: int) -> str:
        return before + (piece * size)[:size]

    assert growth(text_of, read_as_all, size=5_000) < LINEAR
