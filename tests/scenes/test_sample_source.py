"""The sample source, rendered as it would be posted and as all three kinds of readers get it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import cache
from html import unescape
from pathlib import Path

import pytest
import yaml

from lemmy_markdown import to_html
from megabot.rendering.model import (
    EDITION_URL,
    CompanionFacts,
    Context,
    EditionFacts,
    PreviousFacts,
    Rendered,
)
from megabot.rendering.renderer import ChildRenderer
from megabot.source.model import Revision, Snapshot, Thread
from megabot.source.sections import parse_section, spoiler
from megabot.source.thread_files import parse_thread
from tests.lemmy_server_markdown import server_0_19, server_1_0

SAMPLE = Path(__file__).parents[2] / "templates"
SECTIONS = sorted(SAMPLE.glob("sections/*.md"))
LIMIT = 50_000
ALL_READERS = [to_html, server_0_19, server_1_0]
# An address in a text, parentheses in it balanced: found without any of the renderers.
ADDRESS = re.compile(r"https://(?:[^\s()<>\]]|\([^\s()]*\))+")
BEFORE = PreviousFacts(
    title="News megathread 151", url="https://lemmy.example/post/1", number=151, slots_ago=1, comments=9
)
GROUP = CompanionFacts(url="https://lemmy.example/post/2", title="Reading group 150")


def sample_thread(path: str) -> Thread:
    thread, problems = parse_thread(path, (SAMPLE / path).read_text("utf-8"))
    assert thread is not None, problems
    return thread


def week(
    number: int, *, previous: PreviousFacts | None = BEFORE, group: CompanionFacts | None = GROUP
) -> Context:
    start = date.fromisocalendar(2026, number, 1)
    slot = datetime.combine(start, time(12), UTC)
    end = date.fromisocalendar(2026, number, 7)
    return Context(
        edition=EditionFacts(key=f"2026-W{number}", number=number + 104, start=start, end=end, slot=slot),
        community="news",
        previous=previous,
        companions={
            "reading-group": group,
            "atlas": CompanionFacts(url="https://atlas.example"),
        },
        revision=Revision(commit="abcdef0" * 6, url="https://git.example/sample"),
    )


@cache
def snapshot() -> Snapshot:
    files = (path for path in SAMPLE.rglob("*") if path.is_file())
    return Snapshot(files={path.relative_to(SAMPLE).as_posix(): path.read_text("utf-8") for path in files})


def rendered(context: Context, path: str = "thread.md.j2") -> Rendered:
    (answer,) = ChildRenderer().render(snapshot(), [(sample_thread(path), context)])
    assert isinstance(answer, Rendered), answer
    return answer


@pytest.fixture(scope="module")
def edition() -> Rendered:
    return rendered(week(48))


def source_of(path: Path) -> str:
    return path.read_text("utf-8").split("\n---\n", 1)[1]


def entries_of(path: Path) -> list[str]:
    return re.findall(r"^- (.{6})", source_of(path), re.MULTILINE)


def shown(path: Path, edition: Rendered, render: Callable[[str], str]) -> str:
    """Give the HTML of one section's spoiler as it stands in the whole post."""
    title = yaml.safe_load(path.read_text("utf-8").split("\n---\n")[0])["title"]
    spoilers: list[str] = re.findall(r"<details>.*?</details>", render(edition.body), re.DOTALL)
    return next(html for html in spoilers if title in html.partition("</summary>")[0])


@pytest.mark.parametrize("path", SECTIONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("render", [to_html, server_1_0])
def test_every_entry_is_an_item_of_a_list(
    path: Path, render: Callable[[str], str], edition: Rendered
) -> None:
    html = shown(path, edition, render)

    assert len(re.findall(r"<ul>\n<li>|</li>\n<li>", html)) == len(entries_of(path)) > 0


@pytest.mark.parametrize("path", SECTIONS, ids=lambda path: path.stem)
def test_every_entry_has_a_line_of_its_own_on_0_19(path: Path, edition: Rendered) -> None:
    html = shown(path, edition, server_0_19).partition("<p>")[2]

    lines = [re.sub("<[^>]*>", "", line).strip() for line in html.split("<br />")]

    assert len([line for line in lines if line.startswith("- ")]) == len(entries_of(path))
    assert all(line.count("\n- ") == 0 for line in lines)


@pytest.mark.parametrize("path", SECTIONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("render", ALL_READERS)
def test_sub_headings_are_bold(path: Path, render: Callable[[str], str], edition: Rendered) -> None:
    headings = re.findall(r"^### (.+)$", source_of(path), re.MULTILINE)

    html = shown(path, edition, render)

    assert [heading.replace("(cw:", "(CW:") for heading in headings] == [
        words
        for words in re.findall("<strong>(.*?)</strong>", html)
        if not words.startswith("Content warning")
    ]


@pytest.mark.parametrize("path", SECTIONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("render", ALL_READERS)
def test_every_address_is_whole_and_in_its_order(
    path: Path, render: Callable[[str], str], edition: Rendered
) -> None:
    addresses = [address.rstrip(".,;") for address in ADDRESS.findall(source_of(path))]

    html = shown(path, edition, render)

    assert [unescape(href) for href in re.findall('href="([^"]+)"', html)] == addresses


def test_the_words_of_a_section_are_those_of_its_file(edition: Rendered) -> None:
    body = edition.body.replace("  \n", "\n")

    for path in SECTIONS:
        for line in source_of(path).splitlines():
            assert line.startswith("### ") or line in body


@pytest.mark.parametrize("number", [47, 48])
def test_a_body_is_within_what_lemmy_takes(number: int) -> None:
    answer = rendered(week(number))

    assert 200 < len(answer.body.encode("utf-16-le")) // 2 < LIMIT
    assert 3 <= len(answer.title) <= 200
    assert answer.warnings == ()


def test_nobody_is_called_and_no_spoiler_is_nested(edition: Rendered) -> None:
    assert not re.search(r"@[\w.]+@[\w.]", edition.body)
    assert re.findall(r"^:::(.*)", edition.body, re.MULTILINE)[1::2] == [""] * len(SECTIONS)
    assert "<details>" not in re.sub(r"(?s)<details>.*?</details>", "", to_html(edition.body))


def test_the_essay_gives_the_title_its_theme(edition: Rendered) -> None:
    assert edition.title == "News megathread 152: 23 November to 29 November 2026 - The station clock"
    assert edition.body.startswith("For eleven years")
    assert edition.preamble_path == "preambles/news/2026-W48.md"


def test_a_week_without_an_essay_has_the_default() -> None:
    answer = rendered(week(47))

    assert answer.title == "News megathread 151: 16 November to 22 November 2026"
    assert answer.body.startswith("Welcome to this week's thread")


def test_last_weeks_thread_is_linked_as_that(edition: Rendered) -> None:
    assert "- Last week's thread: [News megathread 151](https://lemmy.example/post/1)" in edition.body
    assert EDITION_URL in edition.comment


def test_after_a_break_it_is_not_last_weeks() -> None:
    older = PreviousFacts(
        title="Older", url="https://lemmy.example/post/0", number=1, slots_ago=2, comments=0
    )

    body = rendered(week(48, previous=older)).body

    assert "- The previous thread, before the break: [Older](https://lemmy.example/post/0)" in body
    assert "Last week" not in body


def test_the_first_time_nothing_is_linked_that_is_not_there() -> None:
    body = rendered(week(48, previous=None, group=None)).body

    assert "Last week" not in body
    assert "After a break" not in body
    assert "Reading along" not in body
    assert "- Our own maps, corrected by readers: [the atlas](https://atlas.example)" in body


def test_what_is_not_used_yet_is_not_posted(edition: Rendered) -> None:
    assert "bulletins" not in edition.body
    assert "Not used yet" not in edition.body


def test_the_sections_are_those_of_the_pure_core(edition: Rendered) -> None:
    for path in SECTIONS:
        front, body = path.read_text("utf-8").removeprefix("---\n").split("\n---\n", 1)
        section, problems = parse_section(f"sections/{path.name}", yaml.safe_load(front), body, 1)

        assert problems == ()
        assert section is not None
        assert spoiler(section) in edition.body
