"""A thread that people wrote, taken apart: its spoilers become sections, the rest the template."""

import pytest

from megabot.adapters.yaml_text import split
from megabot.core.sections import parse_section, section_name, spoiler
from megabot.core.taking_apart import take_apart

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


def rendered(path: str, text: str) -> str:
    """Give the spoiler that a section's file becomes."""
    file = split(path, text)
    section, problems = parse_section(path, file.mapping(), file.body, file.first_line)
    assert section is not None, problems
    return spoiler(section)


def test_spoilers_become_sections_in_their_order_with_their_titles() -> None:
    taken = take_apart("News", THREAD)

    assert list(taken.sections) == ["sections/10-maps-trains.md", "sections/20-birds.md"]
    assert taken.sections["sections/20-birds.md"] == (
        '---\ntitle: "Birds"\ncw: "heights"\n---\n### Nests\n- A nest\n'
    )


def test_the_rest_is_the_template_with_the_sections_where_they_were() -> None:
    body = take_apart("News", THREAD).body

    assert body.startswith("An essay about tides.\n\n[Last week](https://lemmy.example/post/6)\n\n")
    assert "\n{{ sections() }}\n\nThat was it.\n" in body
    assert ":::" not in body


def test_sections_that_stood_apart_stay_apart() -> None:
    body = take_apart("News", "::: spoiler A\n- a\n:::\nBetween.\n::: spoiler B\n- b\n:::").body

    assert body == "{{ section('a') }}\nBetween.\n{{ section('b') }}\n"


def test_what_megabot_wrote_comes_back_as_it_was() -> None:
    taken = take_apart(
        "News", "::: spoiler A (CW: b)\nFirst  \n- one  \n- two\n  goes on  \n\n**Night**  \n- x\n:::"
    )

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
        "::: spoiler A\nnever closed",
        "```\n::: spoiler A\n- in code\n:::\n```",
        "::: spoiler A\n::: spoiler B",
    ],
)
def test_what_no_section_can_say_stays_as_it_is(text: str) -> None:
    taken = take_apart("News", text)

    assert (taken.sections, taken.body) == ({}, f"{text}\n")


def test_spoilers_of_one_name_get_two() -> None:
    text = "\n\n".join(
        ["::: spoiler Maps\n- a\n:::"] * 2 + ["::: spoiler Карты\n- b\n:::", "::: spoiler 3\n- c\n:::"]
    )

    paths = list(take_apart("News", text).sections)

    assert [section_name(path) for path in paths] == ["maps", "maps-2", "part", "part-3"]


def test_more_than_nine_sections_keep_their_order() -> None:
    text = "\n\n".join(f"::: spoiler S{number}\n- a\n:::" for number in range(12))

    paths = list(take_apart("News", text).sections)

    assert paths == sorted(paths)
    assert paths[-1] == "sections/120-s11.md"


def test_what_looks_like_a_template_stays_text() -> None:
    assert take_apart("{{ News }}", "a {% b %} {# c #}").body == "a {{ '{%' }} b %} {{ '{#' }} c #}\n"


@pytest.mark.parametrize(
    ("title", "made", "number"),
    [
        (
            "News megathread 151: 16 November to 22 November 2026",
            (
                "News megathread {{ edition.number }}: {{ edition.start | date('d MMMM') }} to "
                "{{ edition.end | date('d MMMM y') }}"
            ),
            151,
        ),
        (
            "Weekly #7, Nov 16, 2026",
            "Weekly #{{ edition.number }}, {{ edition.start | date('MMM d, y') }}",
            7,
        ),
        ("Thread of 2026-11-16", "Thread of {{ edition.start }}", None),
        ("What happened in 2026?", "What happened in 2026?", None),
        ("Version 1.20 chat", "Version 1.20 chat", None),
        ("Chat", "Chat", None),
    ],
)
def test_a_titles_dates_and_number_become_the_editions(title: str, made: str, number: int | None) -> None:
    taken = take_apart(title, "x")

    assert (taken.title, taken.number) == (made, number)


def test_code_within_a_section_keeps_its_lines() -> None:
    taken = take_apart("News", "::: spoiler A\n```\n# code  \n\n- x\n```\n:::")

    assert list(taken.sections.values()) == ['---\ntitle: "A"\n---\n```\n# code  \n\n- x\n```\n']
