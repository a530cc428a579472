"""A thread that people wrote, taken apart: its spoilers become sections, the rest the template."""

from datetime import date

import pytest

from megabot.source import from_post
from megabot.source.from_post import TemplateDraft
from megabot.source.front_matter.yaml import split
from megabot.source.sections import parse_section, section_name, spoiler
from megabot.source.titles.title_dates import TitleRead

THREAD = """An essay about tides.

[Last week](https://lemmy.example/post/6)

::: spoiler Maps & trains
- A map of the hills
- Another one
:::

::: spoiler Birds (CW: heights)

## Nests
- A nest
:::

That was it.

[//]: # (no marker)
"""


def take_apart(body: str) -> TemplateDraft:
    return from_post.take_apart(TitleRead(title="News", posted=date(2026, 11, 16)), body)


def rendered(path: str, text: str) -> str:
    """Give the spoiler that a section's file becomes."""
    file = split(path, text)
    section, problems = parse_section(path, file.mapping(), file.body, file.first_line)
    assert section is not None, problems
    return spoiler(section)


def test_spoilers_become_sections_in_their_order_with_their_titles() -> None:
    taken = take_apart(THREAD)

    assert list(taken.sections) == ["sections/10-maps-trains.md", "sections/20-birds.md"]
    assert taken.sections["sections/20-birds.md"] == (
        '---\ntitle: "Birds"\ncw: "heights"\n---\n### Nests\n- A nest\n'
    )


def test_the_rest_is_the_template_with_the_sections_where_they_were() -> None:
    body = take_apart(THREAD).body

    assert body.startswith("An essay about tides.\n\n[Last week](https://lemmy.example/post/6)\n\n")
    assert "\n{{ sections() }}\n\nThat was it.\n" in body
    assert ":::" not in body


def test_sections_that_stood_apart_stay_apart() -> None:
    body = take_apart("::: spoiler A\n- a\n:::\nBetween.\n::: spoiler B\n- b\n:::").body

    assert body == "{{ section('a') }}\nBetween.\n{{ section('b') }}\n"


def test_what_megabot_wrote_comes_back_as_it_was() -> None:
    taken = take_apart("::: spoiler A (CW: b)\nFirst  \n- one  \n- two\n  goes on  \n\n**Night**  \n- x\n:::")

    ((path, text),) = taken.sections.items()
    assert text.endswith("---\nFirst\n- one\n- two\n  goes on\n\n**Night**\n- x\n")
    assert rendered(path, text) == (
        "::: spoiler A (CW: b)\nFirst  \n- one  \n- two\n  goes on  \n\n**Night**  \n- x\n:::"
    )


@pytest.mark.parametrize(
    "text",
    [
        "::: spoiler A\n| a |\n|---|\n| b |\n:::",
        "::: spoiler A\nwords [1]\n\n[1]: https://a.example\n:::",
        "::: spoiler A\n:::",
        "```\n::: spoiler A\n- in code\n:::\n```",
        "::: spoiler A\nwith a note[^1]\n:::\n\n[^1]: The note.",
    ],
)
def test_what_no_section_can_say_stays_as_it_is(text: str) -> None:
    taken = take_apart(text)

    assert (taken.sections, taken.body) == ({}, f"{text}\n")


def test_spoilers_of_one_name_get_two() -> None:
    text = "\n\n".join(
        ["::: spoiler Maps\n- a\n:::"] * 2 + ["::: spoiler Карты\n- b\n:::", "::: spoiler 3\n- c\n:::"]
    )

    paths = list(take_apart(text).sections)

    assert [section_name(path) for path in paths] == ["maps", "maps-2", "part", "part-3"]


def test_more_than_nine_sections_keep_their_order() -> None:
    text = "\n\n".join(f"::: spoiler S{number}\n- a\n:::" for number in range(12))

    paths = list(take_apart(text).sections)

    assert paths == sorted(paths)
    assert paths[-1] == "sections/120-s11.md"


def test_what_looks_like_a_template_stays_text() -> None:
    assert take_apart("a {% b %} {# c #}").body == "a {{ '{%' }} b %} {{ '{#' }} c #}\n"


def test_code_within_a_section_keeps_its_lines() -> None:
    taken = take_apart("::: spoiler A\n```\n# code  \n\n- x\n```\n:::")

    assert list(taken.sections.values()) == ['---\ntitle: "A"\n---\n```\n# code  \n\n- x\n```\n']


@pytest.mark.parametrize("line", ["C# and F#", "see issue # 5", "`# code`", "a ## b", "#hashtag"])
def test_only_headings_are_written_as_headings(line: str) -> None:
    """C# became C###."""
    ((_, text),) = take_apart(f"::: spoiler A\n# Heading\n{line}\n:::").sections.items()

    assert text.endswith(f"---\n### Heading\n{line}\n")


def test_a_title_is_written_as_yaml_reads_it() -> None:
    title = 'Maps: "hills" \\ \u2028 x\x7f'

    ((path, text),) = take_apart(f"::: spoiler {title}\n- a\n:::").sections.items()

    assert split(path, text).mapping()["title"] == title


def test_what_does_not_fit_beside_the_marker_is_left_over_and_said() -> None:
    body = "\n".join(f"line {number}" for number in range(6_000))[:50_000]

    taken = take_apart(body)

    assert taken.left_over
    assert f"{taken.body.rstrip()}{taken.left_over}" == body
    assert "its end is in left-over.md" in taken.changes[-1]
