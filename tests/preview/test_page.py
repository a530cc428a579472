"""The page of a preview: everything a reader needs is on it, nothing on it acts or loads."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from html.parser import HTMLParser

import pytest

from megabot.preview.absolute_links import make_self_contained
from megabot.preview.fragments import Preview, PreviewedEdition
from megabot.preview.page import page
from megabot.rendering.model import EDITION_URL, Rendered, RenderProblem
from megabot.schedule.calendar import Calendar, Every, Schedule
from megabot.source.model import Revision, Thread
from megabot.source.problems import Problem

SCHEDULE = Schedule(
    every=Every.WEEK,
    at=time(12),
    timezone="Europe/London",
    first=date(2024, 1, 1),
    weekdays=(0,),
    skip=frozenset({date(2026, 6, 29)}),
)
MADE = datetime(2026, 6, 20, 9, 30, tzinfo=UTC)
NOWHERE = Revision()
VOID = {"meta", "br", "hr", "img"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
EVIL = "\"'><script>alert(1)</script><img src=x onerror=y>&amp;"


class Reader(HTMLParser):
    """What is on a page: its tags with attributes, its text; fails where tags do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def shown(text: Rendered | RenderProblem, *, name: str = "news", key: str = "2026-W26") -> PreviewedEdition:
    edition = Calendar(name, SCHEDULE).edition(key)
    assert edition is not None
    return PreviewedEdition(
        thread=Thread(name=name, path="thread.md.j2", title="News", schedule=SCHEDULE),
        edition=edition,
        text=text,
    )


def post(body: str = "An essay.") -> Rendered:
    return Rendered(title="News 130", body=body)


def read(*some: PreviewedEdition, revision: Revision = NOWHERE) -> Reader:
    return Reader(page(Preview(made=MADE, revision=revision, editions=some)))


def test_the_page_says_which_edition_is_due_when_in_the_threads_zone() -> None:
    page = read(shown(post()))

    assert "2026-W26, number 130 of news" in page.text
    assert "Monday 22 June 2026, 12:00 Europe/London" in page.text
    assert {"datetime": "2026-06-22T11:00:00Z"} in page.of("time")


def test_the_page_says_that_a_slot_is_left_out() -> None:
    assert "This edition is skipped" in read(shown(post(), key="2026-W27")).text
    assert "left out" not in read(shown(post())).text


def test_the_page_counts_as_lemmy_counts() -> None:
    page = read(shown(replace(post("\N{BIRD}" * 30 + "\n"), comment="Go on.")))

    assert "8 of 200 characters" in page.text
    assert "60 of 49,800 characters" in page.text
    assert "6 of 9,800 characters" in page.text


def test_a_spoiler_opens_without_a_script() -> None:
    html = page(Preview(made=MADE, revision=NOWHERE, editions=(shown(post("::: spoiler Maps\n- one\n:::")),)))

    assert "<details><summary>Maps</summary>\n<ul>\n<li>one</li>" in html


def test_a_good_page_says_so() -> None:
    assert "No problems found." in read(shown(post())).text


def test_problems_stand_on_the_page_with_file_line_and_next_step() -> None:
    page = read(
        shown(RenderProblem((Problem("thread.md.j2", 9, "nosuch is not defined", "did you mean x"),)))
    )

    assert "1 problem. Nothing is posted until this is fixed" in page.text
    assert "thread.md.j2:9 nosuch is not defined did you mean x" in page.text


def test_warnings_stand_beside_the_text() -> None:
    page = read(shown(replace(post(), warnings=(Problem("a.md", 2, "the image has no alt text"),))))

    assert "1 warning. Warnings do not block posting" in page.text
    assert "a.md:2 the image has no alt text" in page.text
    assert "An essay." in page.text


def test_what_is_wrong_with_the_files_needs_no_thread() -> None:
    problems = (Problem("thread.md.j2", 2, "nme is not a setting"), Problem("x.md", 0, "not a file"))
    preview = Preview(made=MADE, revision=NOWHERE, source_problems=problems, source_warnings=problems[1:])

    found = Reader(page(preview))

    assert "2 problems." in found.text
    assert "thread.md.j2:2 nme is not a setting x.md not a file" in found.text


def test_the_same_problem_of_two_threads_counts_once() -> None:
    broken = RenderProblem((Problem("_footer.md.j2", 1, "nosuch is not defined"),))

    assert "1 problem." in read(shown(broken), shown(broken, name="other")).text


def test_several_threads_are_listed_on_top() -> None:
    page = read(shown(post()), shown(RenderProblem((Problem("o.md.j2", 1, "x"),)), name="other"))

    assert [one["href"] for one in page.of("a")] == ["#news", "#other"]
    assert [one["id"] for one in page.of("article")] == ["news", "other"]
    assert "Threads" in [one.get("aria-label") for one in page.of("nav")]


def test_the_page_names_the_revision() -> None:
    revision = Revision(commit="abcdef0123" * 4, dirty=True, url="https://git.example/news")

    page = read(shown(post()), revision=revision)

    assert "Saturday 20 June 2026, 09:30 UTC" in page.text
    assert "from revision abcdef0123ab with uncommitted changes." in page.text
    assert page.of("a")[0]["href"] == "https://git.example/news"
    assert "files outside git" in read(shown(post())).text


def test_the_comment_links_to_the_post_on_the_page() -> None:
    html = page(
        Preview(
            made=MADE,
            revision=NOWHERE,
            editions=(shown(replace(post(), comment=f"Go on [here]({EDITION_URL}).")),),
        )
    )

    assert '<a href="#news" rel="noopener nofollow">here</a>' in html
    assert EDITION_URL not in html


def test_the_image_of_a_post_is_a_link_and_its_description() -> None:
    text = replace(post(), url="https://i.example/kite.png", thumbnail="javascript:x", alt_text="A red kite")

    page = read(shown(text))

    assert (
        "Link: https://i.example/kite.png Thumbnail: javascript:x Image description: A red kite" in page.text
    )
    assert [one["href"] for one in page.of("a")] == ["https://i.example/kite.png"]


def test_nothing_on_the_page_acts_or_loads_whatever_people_write() -> None:
    bad = Problem(EVIL, 1, EVIL, EVIL)
    text = Rendered(
        title=EVIL, body=f"{EVIL}\n\n![{EVIL}](https://i.example/a.png '{EVIL}')\n\n::: spoiler {EVIL}\n:::",
        comment=EVIL, url=f"https://x.example/{EVIL}", thumbnail=EVIL, alt_text=EVIL, warnings=(bad,),
    )  # fmt: skip

    page = read(
        shown(text), shown(RenderProblem((bad,)), name="other"), revision=Revision(commit=EVIL, url=EVIL)
    )

    assert {"script", "img", "link", "iframe", "form", "base", "svg"} & {tag for tag, _ in page.tags} == set()
    assert {name for _, attributes in page.tags for name in attributes if name.startswith("on")} == set()
    assert [name for _, attributes in page.tags for name in attributes if name in {"src", "srcset"}] == []


def test_the_policy_forbids_everything_but_the_styles_on_the_page() -> None:
    found = read(shown(post()))

    assert {"http-equiv": "Content-Security-Policy", "content": POLICY} in found.of("meta")
    assert "url(" not in page(Preview(made=MADE, revision=NOWHERE))
    assert "@import" not in page(Preview(made=MADE, revision=NOWHERE))


def test_the_page_has_its_landmarks_and_one_first_heading() -> None:
    page = read(shown(post()))

    assert [len(page.of(tag)) for tag in ("header", "main", "footer", "h1", "title")] == [1] * 5
    assert page.of("html") == [{"lang": "en"}]


def test_names_on_the_page_are_unique_and_every_link_on_it_leads_somewhere() -> None:
    text = replace(post("One[^1].\n\n[^1]: A note."), comment="Two[^1].\n\n[^1]: Another.")

    page = read(shown(text), shown(text, name="other"))

    names = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    links = {str(one["href"])[1:] for one in page.of("a") if str(one["href"]).startswith("#")}
    assert len(names) == len(set(names)) > 8
    assert links <= set(names)


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        (
            '<img src="https://i.example/?a=1&amp;b=2" alt="A &lt;map&gt;" title="t">',
            (
                '<a href="https://i.example/?a=1&amp;b=2" rel="noopener nofollow">'
                '<span class="image">Image: A &lt;map&gt;</span></a>'
            ),
        ),
        ('<img src="https://i.example/x" alt="">', "Image: not described"),
        ('<img alt="x">', '<span class="image">Image: x</span>'),
        (
            '<a href="https://a.example"><img src="https://i.example/x" alt="y"></a>',
            '<a href="https://a.example"><span class="image">Image: y</span></a>',
        ),
        ('<a href="/c/news@lemmy.example">!news</a>', '<a href="https://lemmy.example/c/news">!news</a>'),
        ('<a href="/u/robin@lemmy.example">@robin</a>', '<a href="https://lemmy.example/u/robin">@robin</a>'),
        ('<a href="#fn1" id="fnref1">', '<a href="#p.fn1" id="p.fnref1">'),
        ('<td style="text-align:right">1</td>', '<td style="text-align:right">1</td>'),
        ("a &lt;img src=x&gt; b", "a &lt;img src=x&gt; b"),
    ],
)
def test_html_of_a_post_stands_alone(html: str, kept: str) -> None:
    assert kept in make_self_contained(html, prefix="p")


def test_an_image_after_a_link_is_a_link_again() -> None:
    html = '<a href="https://a.example">x</a><img src="https://i.example/x" alt="y">'

    assert Reader(make_self_contained(html, prefix="p")).of("a")[1]["href"] == "https://i.example/x"
