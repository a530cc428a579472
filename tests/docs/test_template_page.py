"""docs/reference/template.md: every example is rendered, and every name and filter is documented."""

import re
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from textwrap import indent

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel

from megabot.rendering.child.environment import Environment
from megabot.rendering.child.template_checks import find_glued_lines
from megabot.rendering.model import Rendered
from megabot.schedule.calendar import Calendar, Every
from megabot.source.front_matter.model import PreviousModel, ScheduleModel, ThreadModel
from megabot.source.thread_files import parse_thread
from tests.templates import BEFORE, CONTEXT, body_of, problems_of, render, source

REFERENCE = Path(__file__).parents[2] / "docs/reference"
PAGE = (REFERENCE / "template.md").read_text("utf-8")
FRONT_MATTER = (REFERENCE / "front-matter.md").read_text("utf-8")
EXAMPLE = re.compile(r"^```jinja\n(.*?)^```\n```(text|problem)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SETTINGS = re.search(r"^```yaml\n(.*?)^```$", FRONT_MATTER, re.MULTILINE | re.DOTALL)
NAMED = set(re.findall(r"^### `(\w+)`$", PAGE, re.MULTILINE))
RHYTHMS = re.findall(r"^\| (`every.*?) \| (.*?) \| `(.*?)` \|$", FRONT_MATTER, re.MULTILINE)
KEYS = dict(re.findall(r"^\| `(\w+)` \|(.*?)\| [A-Z`]", FRONT_MATTER, re.MULTILINE))
"""What the tables say of each key's default."""
EXAMPLES = [(body, text) for body, kind, text in EXAMPLE.findall(PAGE) if kind == "text"]
MISTAKES = [(body, text) for body, kind, text in EXAMPLE.findall(PAGE) if kind == "problem"]


def front() -> str:
    assert SETTINGS is not None
    return SETTINGS[1]


@pytest.mark.parametrize(("body", "text"), EXAMPLES)
def test_an_example_becomes_what_stands_below_it(body: str, text: str) -> None:
    assert body_of(body) == text.strip("\n")
    assert list(find_glued_lines("thread.md.j2", body)) == []


@pytest.mark.parametrize(("body", "text"), MISTAKES)
def test_a_mistake_is_told_in_the_words_below_it(body: str, text: str) -> None:
    assert problems_of(body) == text.splitlines()


def test_every_block_of_the_page_is_tried() -> None:
    assert PAGE.count("```jinja\n") == len(EXAMPLES) + len(MISTAKES) > 10


def test_the_front_matter_on_the_page_has_no_mistake_and_every_setting() -> None:
    thread, problems = parse_thread("thread.md.j2", f"---\n{front()}---\n")

    assert problems == ()
    assert thread is not None
    assert set(re.findall(r"^(\w+):", front(), re.MULTILINE)) == ThreadModel.model_fields.keys()


def defaults(model: type[BaseModel]) -> str:
    """Write the defaults that the tables name, as lines of YAML."""
    named = {key: KEYS[key].strip(" `") for key in model.model_fields if KEYS[key].startswith(" `")}
    return "".join(f"{key}: {value}\n" for key, value in named.items())


def test_the_tables_have_every_key_and_no_other() -> None:
    models = (ThreadModel, ScheduleModel, PreviousModel)

    assert KEYS.keys() == {key for model in models for key in model.model_fields}


def test_the_defaults_on_the_page_are_those_of_the_program() -> None:
    needed = "every: day\nat: 12\ntimezone: UTC\nfirst: 2026-01-01\n"
    written = {"schedule": needed + defaults(ScheduleModel), "previous": defaults(PreviousModel)}
    nested = "".join(f"{key}:\n{indent(lines, '  ')}" for key, lines in written.items())
    bare = f"---\ntitle: News\nschedule:\n{indent(needed, '  ')}---\n"

    thread, problems = parse_thread("news.md.j2", f"---\ntitle: News\n{defaults(ThreadModel)}{nested}---\n")

    assert problems == ()
    assert thread == parse_thread("news.md.j2", bare)[0]


def test_the_section_on_the_page_is_shown_as_the_page_says() -> None:
    files = re.findall(r"^```markdown\n(.*?)^```$", FRONT_MATTER, re.MULTILINE | re.DOTALL)
    (section,) = [text for text in files if "\ncw:" in text]

    body = body_of("{{ section('hills') }}", more={"sections/70-hills.md": section})

    assert body.startswith("::: spoiler Maps (CW: heights) - looking for an editor\n")
    assert "**Night photos (CW: flashing images)**" in body
    assert all(f"| `{key}` |" in FRONT_MATTER for key in re.findall(r"^(\w+):", section, re.MULTILINE))


def test_a_thread_that_is_posted_once_is_written_as_on_the_page() -> None:
    once = re.findall(r"^```yaml\n(.*?)^```$", FRONT_MATTER, re.MULTILINE | re.DOTALL)[1]
    thread, problems = parse_thread("night.md.j2", f"---\ntitle: Night\n{once}---\n")

    assert problems == ()
    assert thread is not None
    assert thread.schedule.once


@pytest.mark.parametrize(("settings", "slots", "key"), RHYTHMS)
def test_a_rhythm_has_the_slots_and_the_key_beside_it(settings: str, slots: str, key: str) -> None:
    lines = "".join(f"  {line}\n" for line in re.findall(r"`([^`]+)`", settings))
    at = "" if "at:" in lines else "  at: 12\n"
    schedule = f"schedule:\n{lines}{at}  timezone: Europe/London\n  first: 2026-06-01\n"
    thread, problems = parse_thread("news.md.j2", f"---\ntitle: News\n{schedule}---\n")
    assert thread is not None, problems

    count = slots.count(",") + 1
    editions = list(
        islice(Calendar("news", thread.schedule).upcoming(datetime(2026, 5, 1, tzinfo=UTC)), count)
    )

    assert ", ".join(f"{one.start.day} {one.start:%B}" for one in editions) == slots
    assert editions[0].key == key


def test_every_kind_of_rhythm_is_on_the_page() -> None:
    assert {every for every in Every if f"`every: {every}`" in FRONT_MATTER} == {*Every}
    assert len(RHYTHMS) > 10


def test_every_name_of_the_data_and_every_filter_is_on_the_page() -> None:
    ours = (
        Environment({}, locale="en", timezone="UTC").filters.keys()
        - ImmutableSandboxedEnvironment().filters.keys()
    )
    names = set(problems_of("{{ nosuch }}")[0].partition("use one of: ")[2].rstrip(")").split(", "))

    assert (ours | names) - NAMED == set()


def test_the_parts_of_a_name_are_on_the_page() -> None:
    facts = [*CONTEXT.edition.__slots__, *BEFORE.__slots__, *CONTEXT.revision.__slots__]

    assert [name for name in facts if not re.search(rf"`(?:\w+\.)?{name}`", PAGE)] == ["commit", "dirty"]


# -- docs/contributing/first-change.md

FIRST = (Path(__file__).parents[2] / "docs/contributing/first-change.md").read_text("utf-8")
NEW_FILES = re.findall(
    r"`((?:sections|preambles)/\S+\.md)`:\n\n```markdown\n(.*?)^```$", FIRST, re.MULTILINE | re.DOTALL
)
SAID = re.findall(r"^\| `([^`|]+)` \|", FIRST, re.MULTILINE)
GETS = {
    "a section cannot contain :::": ("sections/60-x.md", "---\ntitle: X\n---\n- a\n:::\n"),
    "the mention would notify this person": ("sections/60-x.md", "---\ntitle: X\n---\n- @a@b.example\n"),
    "headings in a section must be ###": ("sections/60-x.md", "---\ntitle: X\n---\n# A\n- b\n"),
    "the section has no title": ("sections/60-x.md", "- a\n"),
    "the line starts with a tab": ("data/x.yaml", "a:\n\tb: 1\n"),
    "curly quotes are part of the text in YAML": ("sections/60-x.md", "---\ntitle: “X”\n---\n- a\n"),
}


def test_the_files_of_a_first_change_are_as_they_should_be() -> None:
    assert [path for path, _ in NEW_FILES] == ["sections/60-bridges.md", "preambles/news/2026-W26.md"]

    made = render(source("{{ preamble }}\n{{ section('bridges') }}", more=dict(NEW_FILES)))

    assert isinstance(made, Rendered), made
    assert made.warnings == ()
    assert "Which ones do you use?\n::: spoiler Bridges (CW: heights)" in made.body
    assert "**Night photos (CW: flashing lights)**" in made.body


def test_every_mistake_that_the_page_explains_is_one_that_is_told_so() -> None:
    assert set(SAID) == GETS.keys()


@pytest.mark.parametrize("said", GETS)
def test_a_mistake_of_a_first_change_is_told_in_the_words_of_the_page(said: str) -> None:
    path, text = GETS[said]

    body = "{{ data.x }}" if path.startswith("data/") else "{{ sections() }}"

    assert any(said in problem for problem in problems_of(body, more={path: text}))
