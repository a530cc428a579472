"""One edition from a source's files: the essay, the sections, the data, and what the text must keep to."""

from dataclasses import replace

import pytest

from lemmy_markdown import to_html
from megabot.rendering.model import EDITION_URL, Rendered, RenderProblem
from megabot.source.problems import Problem
from tests.templates import (
    BEFORE,
    BODY_LINE,
    CONTEXT,
    FIRST,
    FRONT,
    body_of,
    problems_of,
    render,
    render_each,
    source,
    thread_of,
)

PREAMBLE = "preambles/news/2026-W26.md"
BY_MESSAGE = replace(CONTEXT, preamble="By message.")


def rendered(body: str, more: dict[str, str] | None = None) -> Rendered:
    answer = render(source(body, more=more))
    assert isinstance(answer, Rendered), answer
    return answer


def test_title_body_and_comment_are_rendered() -> None:
    answer = rendered("\n\nHello.\n\n")

    assert (answer.title, answer.body) == ("News 130", "Hello.")
    assert answer.comment == f"Go on [here]({EDITION_URL}), 129."


def test_without_a_thread_before_there_is_no_comment() -> None:
    answer = render(source("Hello."), FIRST)

    assert isinstance(answer, Rendered)
    assert answer.comment == ""


def test_a_copy_of_the_first_thread_tells_the_readers_of_the_post_that_it_replaces() -> None:
    answer = render(source("Hello."), replace(FIRST, replaced=replace(BEFORE, number=130, slots_ago=0)))

    assert isinstance(answer, Rendered)
    assert answer.comment == f"Go on [here]({EDITION_URL}), 130."


@pytest.mark.parametrize(
    ("gone", "path"),
    [
        ([], "preambles/news/2026-W26.md"),
        (["news/2026-W26"], "preambles/2026-W26.md"),
        (["news/2026-W26", "2026-W26"], "preambles/news/2026-06-22.md"),
        (["news/2026-W26", "2026-W26", "news/2026-06-22"], "preambles/news/_default.md"),
        (["news/2026-W26", "2026-W26", "news/2026-06-22", "news/_default"], "preambles/_default.md"),
        (["news/2026-W26", "2026-W26", "news/2026-06-22", "news/_default", "_default"], ""),
    ],
)
def test_the_essay_is_by_key_by_day_or_the_default(gone: list[str], path: str) -> None:
    names = ["news/2026-W26", "2026-W26", "news/2026-06-22", "news/_default", "_default"]
    files = source("a{{ preamble }}")
    del files[PREAMBLE]
    answer = render(files | {f"preambles/{name}.md": name for name in names if name not in gone})

    assert isinstance(answer, Rendered)
    assert (answer.preamble_path, answer.body) == (
        path,
        "a" + path.removeprefix("preambles/").removesuffix(".md"),
    )


def test_a_moderators_message_wins_over_the_file() -> None:
    answer = render(source("{{ preamble }}{{ preamble.theme }}"), BY_MESSAGE)

    assert isinstance(answer, Rendered)
    assert (answer.preamble_path, answer.body) == ("message", "By message.")


def test_an_essay_is_no_template() -> None:
    assert rendered("{{ preamble }}", {PREAMBLE: "{{ edition.key }}"}).body == "{{ edition.key }}"


def test_sections_are_in_the_order_of_their_files() -> None:
    maps = "::: spoiler Maps\n- one  \n- two\n:::"
    birds = "::: spoiler Birds (CW: heights)\n- three\n:::"

    assert rendered("{{ sections() }}").body == f"{maps}\n\n{birds}"
    assert rendered("{{ section('birds') }}").body == birds


def test_a_section_that_is_not_there_is_named_with_the_nearest() -> None:
    assert problems_of("a\n{{ section('brids') }}") == [
        f"thread.md.j2:{BODY_LINE + 1}: there is no section brids (did you mean birds?)"
    ]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        (
            "sections/30-x.md",
            "---\ntitle: X\n---\n- a\n:::\n",
            "sections/30-x.md:5: a section cannot contain :::",
        ),
        ("sections/30-x.md", "---\ntilte: X\n---\n- a\n", "sections/30-x.md:1: unknown key 'tilte'"),
        ("sections/30-x.md", "---\ntitle: [\n---\n- a\n", "sections/30-x.md:"),
        ("sections/30-maps.md", "---\ntitle: X\n---\n- a\n", "sections/10-maps.md has the name maps too"),
        ("data/bad.yaml", "a: 1\na: 2\n", "data/bad.yaml:2: a is set twice"),
        ("data/bad.json", '{"a": 1,\n}', "data/bad.json:2: this is not JSON"),
        ("data/bad.json", "[" * 100_000, "data/bad.json: the data is nested too deeply"),
        ("data/bad.csv", "a,b\n1,2\n1\n", "data/bad.csv:3: the row has more or fewer cells"),
        ("data/bad.csv", "a,b\n1,2,3\n", "data/bad.csv:2: the row has more or fewer cells"),
        ("data/bad.csv", 'a,b\n1,"2\n', "data/bad.csv:2: this is not valid CSV"),
        ("data/events.csv", "a\n1\n", "data/events.yaml: data/events.csv has the name events too"),
        (PREAMBLE, "---\ntheme: x\n---\na\n```\nb", "preambles/news/2026-W26.md:5: the code block is"),
        (PREAMBLE, "---\ntheme: Week #3\n---\na", "preambles/news/2026-W26.md:2: the text after ` #`"),
        (PREAMBLE, "| a |\n|---|\n", "preambles/news/2026-W26.md:2: the text ends with a table"),
        (PREAMBLE, "hello @robin@lemmy.example", "preambles/news/2026-W26.md:1: the mention"),
    ],
)
def test_a_mistake_in_a_file_that_a_template_uses_has_its_line(path: str, text: str, line: str) -> None:
    uses_all = "{{ preamble }}\n\n{{ sections() }}{% for name, value in data | items %}{% endfor %}"
    said = problems_of(uses_all, more={path: text})

    assert [one for one in said if line in one], said


@pytest.mark.parametrize("body", ["{{ preamble }}", "{{ data.prices[0].name }}\n{{ section('birds') }}"])
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("sections/10-maps.md", "---\ntitle: Maps\n---\n- a\n:::\n"),
        ("data/events.yaml", "a: 1\na: 2\n"),
        ("data/events.csv", "a\n1\n"),
    ],
)
def test_a_mistake_in_a_file_that_a_template_does_not_use_does_not_break_it(
    body: str, path: str, text: str
) -> None:
    answer = render(source(body, more={path: text}))

    assert isinstance(answer, Rendered), answer
    assert len(answer.unused) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("{{ section('maps') }}", "sections/10-maps.md"),
        ("{{ sections() }}", "sections/10-maps.md"),
        ("{{ sections() }}", "sections"),
        ("{{ section('maps') }}", "sections"),
        ("{% for one in data.events %}{% endfor %}", "data/events.yaml"),
        ("{{ data['events'] }}", "data/events.yaml"),
        ("{% if data.events is defined %}{% endif %}", "data"),
        ("{{ preamble }}", PREAMBLE),
        ("{{ preamble }}", "preambles/news"),
        ("{% include '_footer.md.j2' %}", "_footer.md.j2"),
    ],
)
def test_a_file_that_could_not_be_read_is_a_problem_where_it_is_used_and_nowhere_else(
    body: str, path: str
) -> None:
    problem = Problem(path, 0, "the file cannot be read")
    files = {name: text for name, text in source(body).items() if not name.startswith(path)}
    other = {name: text for name, text in source("Hello.").items() if name in files}

    broken = render(files, unreadable=(problem,))
    well = render(other, replace(CONTEXT, preamble="By message."), unreadable=(problem,))

    assert isinstance(broken, RenderProblem), broken
    assert str(problem) in [str(one) for one in broken.problems]
    assert isinstance(well, Rendered), well
    assert well.unused == (problem,)


def test_a_mistake_in_a_message_is_the_messages() -> None:
    assert problems_of("{{ preamble }}", replace(CONTEXT, preamble="a\n```"))[0].startswith(
        "message:2: the code block is never closed"
    )


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("", "thread.md.j2: the text is empty"),
        ("{{ 'x' * 49801 }}", "49,801 characters; at most 49,800 fit (the largest: sections/10-maps.md 12, "),
        ("a\n```\nb", f"thread.md.j2:{BODY_LINE + 1}: the code block is never closed"),
        (
            "::: spoiler A\n{{ sections() }}",
            f"thread.md.j2:{BODY_LINE}: the spoiler is not closed",
        ),
        ("::: spoiler {{ 1 }}\n:::\n:::", "thread.md.j2: in line 3 of the rendered text: the ::: closes"),
        ("[a](javascript:b)", f"thread.md.j2:{BODY_LINE}: the link is unsafe to follow"),
        ("[//]: # (megabot:v1:news/2026-W26)", f"thread.md.j2:{BODY_LINE}: there is a megabot marker"),
        (
            "{{ '@robin' }}@lemmy.example",
            "thread.md.j2: in line 1 of the rendered text: the mention would notify",
        ),
    ],
)
def test_a_text_that_the_server_or_its_readers_would_refuse(body: str, line: str) -> None:
    """T06, T08, T09."""
    assert [said for said in problems_of(body) if line in said]


def test_a_mention_in_a_section_is_found_in_its_file() -> None:
    more = {"sections/30-x.md": "---\ntitle: X\n---\n- by @robin@lemmy.example\n"}

    assert problems_of("{{ sections() }}", more=more)[0].startswith("sections/30-x.md:4: the mention")


def test_mentions_can_be_allowed() -> None:
    files = source("{{ preamble }}", front=FRONT.replace("name: news", "name: news\nmentions: allow"))
    answer = render(files | {PREAMBLE: "@robin@lemmy.example"})

    assert isinstance(answer, Rendered)


def test_at_most_twenty_flaws_are_told() -> None:
    assert len(problems_of("{% for n in range(99) %}\n@a@b.example {{ n }}\n{% endfor %}")) == 20


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("ab", "thread.md.j2:3: the title has 2 characters; Lemmy accepts 3 to 200"),
        ("{{ 'x' * 201 }}", "thread.md.j2:3: the title has 201 characters"),
        ("a\\nb c", "thread.md.j2:3: the title has more than one line"),
        ("{{ editon.number }}", "thread.md.j2:3: editon is not defined (did you mean edition?)"),
        (
            "{{ edition.start | date('%d') }}",
            "thread.md.j2:3: date patterns are Babel's, without % (write 'd')",
        ),
        ("{{ edition.url }}", "thread.md.j2:3: edition.url exists only in previous.comment"),
        ("{% if %}", "thread.md.j2:3: "),
    ],
)
def test_a_title_with_a_mistake_has_its_line(title: str, line: str) -> None:
    (said,) = problems_of("Hello.", front=FRONT.replace("News {{ edition.number }}", title))

    assert said.startswith(line)


def test_a_comment_is_held_to_its_own_limit() -> None:
    front = FRONT.replace("Go on", "{{ 'x' * 9900 }}")

    assert problems_of("Hello.", front=front)[0].startswith("thread.md.j2: previous.comment is too long")


def test_a_comment_of_several_lines_has_its_own_lines() -> None:
    comment = 'comment: "Go on [here]({{ edition.url }}), {{ previous.number }}."'
    front = FRONT.replace(f"{{{comment}}}", "\n  comment: |\n    One.\n    {{ previous.nmuber }}")

    assert problems_of("Hello.", front=front) == [
        "thread.md.j2:9: there is no nmuber here (did you mean number?)"
    ]


def test_a_title_may_be_a_block_of_one_line() -> None:
    answer = render(
        source("Hello.", front=FRONT.replace('"News', "|\n  News").replace('number }}"', "number }}"))
    )

    assert isinstance(answer, Rendered)
    assert answer.title == "News 130"


def test_every_part_with_a_mistake_is_told_at_once() -> None:
    front = FRONT.replace("edition.number", "edition.nmuber").replace("previous.number", "previous.nmuber")

    assert [said.split(":")[1] for said in problems_of("{{ nosuch }}", front=front)] == [
        "3",
        str(BODY_LINE),
        "6",
    ]


def test_an_image_without_words_is_a_warning() -> None:
    answer = rendered("![](https://a.example/1.png)")

    assert [str(one) for one in answer.warnings] == [
        f"thread.md.j2:{BODY_LINE}: the image has no alt text (describe it: ![a red kite](...))"
    ]


def test_a_text_is_the_same_every_time() -> None:
    files = source("{{ sections() }}{{ edition.slot }}{{ preamble }}")

    assert render(files) == render(files)


def test_threads_with_the_same_mistake_each_have_their_own() -> None:
    files = source("{{ nosuch }}")
    files["other.md.j2"] = files["thread.md.j2"]
    news = thread_of(files)
    answers = render_each(files, [news, news, replace(news, path="other.md.j2")])

    assert [answer.problems[0].path for answer in answers if isinstance(answer, RenderProblem)] == [
        "thread.md.j2",
        "thread.md.j2",
        "other.md.j2",
    ]


def test_a_body_that_just_fits_is_taken() -> None:
    assert len(body_of("{{ 'x' * 49800 }}")) == 49_800


def test_a_line_of_when_an_essay_came_stands_below_it() -> None:
    late = replace(BY_MESSAGE, added="*Added later.*")

    answer = render(source("{{ preamble }}{{ preamble.theme }}\n\nThe end."), late)

    assert isinstance(answer, Rendered)
    assert answer.body == "By message.\n\n*Added later.*\n\nThe end."


def test_without_an_essay_nothing_is_said_of_when_it_came() -> None:
    files = source("a{{ preamble }}")
    del files[PREAMBLE]

    answer = render(files, replace(CONTEXT, added="*Added later.*"))

    assert isinstance(answer, Rendered)
    assert answer.body == "a"


def test_a_text_that_is_empty_for_a_misspelt_key_says_so() -> None:
    assert problems_of("{{ preamble.txt }}") == [
        "thread.md.j2: the text is empty",
        f"thread.md.j2:{BODY_LINE}: no preamble has the key txt (did you mean preamble.text?)",
    ]


@pytest.mark.parametrize(
    ("body", "warnings"),
    [
        (
            "x {{ preamble.txt }}",
            [f"thread.md.j2:{BODY_LINE}: no preamble has the key txt (did you mean preamble.text?)"],
        ),
        ("{{ preamble.theme }}{{ preamble.text }}", []),
        ("{# preamble.txt #}{{ preamble.text }}", []),
    ],
)
def test_a_key_that_no_preamble_has_is_a_warning(body: str, warnings: list[str]) -> None:
    answer = render(source(body))

    assert isinstance(answer, Rendered)
    assert [str(one) for one in answer.warnings] == warnings


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"preambles/news/2026-W26.md": "An essay.\n\n<!-- ours -->\n"}, "preambles/news/2026-W26.md:3"),
        ({"sections/10-maps.md": "---\ntitle: Maps\n---\n- one <!-- ours -->\n"}, "sections/10-maps.md:4"),
        ({"_footer.md.j2": "<!-- ours -->"}, "_footer.md.j2:1"),
    ],
)
def test_a_comment_is_refused_wherever_it_stands(files: dict[str, str], where: str) -> None:
    found = problems_of("{{ preamble }}\n\n{{ sections() }}\n\n{% include '_footer.md.j2' %}", more=files)

    hint = "delete it, or write {# ... #} in a template, which is not posted"
    assert found == [f"{where}: readers would see this HTML comment ({hint})"]


def test_footnotes_of_essay_and_template_are_kept_apart() -> None:
    essay = {
        "preambles/news/2026-W26.md": "An essay[^1], [here][a].\n\n[^1]: Its note.\n\n[a]: https://a.example"
    }

    body = body_of(
        "{{ preamble }}\n\nA footer[^1], [here][a].\n\n[^1]: A note.\n\n[a]: https://b.example", more=essay
    )
    html = to_html(body)

    assert html.count('class="footnote-item"') == 2
    assert html.index("Its note.") < html.index("A note.")
    assert [html.count(f'href="https://{name}.example"') for name in "ab"] == [1, 1]


def test_a_footnote_mark_of_a_section_does_not_lead_to_a_note_of_the_template() -> None:
    section = {"sections/10-maps.md": "---\ntitle: Maps\n---\n- one[^1]\n"}

    body = body_of("{{ section('maps') }}\n\nA footer[^1].\n\n[^1]: A note.", more=section)

    assert to_html(body).count('href="#fn1"') == 1


def test_a_link_that_is_none_is_told_where_it_stands() -> None:
    essay = {"preambles/news/2026-W26.md": "An essay.\n\n[y](www.foo.example)\n"}

    answer = render(source("{{ preamble }}", more=essay))

    assert isinstance(answer, Rendered)
    assert str(answer.warnings[0]) == (
        "preambles/news/2026-W26.md:3: www.foo.example is not a web address, "
        "so the link leads to the reader's own server (write https://www.foo.example)"
    )


@pytest.mark.parametrize(
    ("body", "more", "where"),
    [
        ("{{ edition.key }} [a](www.a.example)", {}, f"thread.md.j2:{BODY_LINE}"),
        ("{{ edition.key }} <br> x", {}, f"thread.md.j2:{BODY_LINE}"),
        ("x {{ preamble }}", {PREAMBLE: "An essay.\n\n[a](www.a.example)[^1]\n\n[^1]: b"}, f"{PREAMBLE}:3"),
        ("{{ data.one[0] }}", {"data/one.yaml": "- '[a](www.a.example)'\n"}, "data/one.yaml:1"),
        ("[a](www.{{ edition.number }}.example)", {}, "thread.md.j2"),
    ],
)
def test_a_warning_has_the_line_that_it_comes_from(body: str, more: dict[str, str], where: str) -> None:
    other = {"other.md.j2": FRONT + "<br> [a](www.a.example)"}

    (warning,) = rendered(body, more | other).warnings

    assert str(warning).partition(": ")[0] == where
