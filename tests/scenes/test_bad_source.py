"""What contributors get wrong in the source, one by one: `check` says where, and what to write instead."""

from pathlib import Path

import pytest

from megabot.check import templates
from megabot.check.findings import Level
from megabot.ports import OfflinePorts
from megabot.rendering.renderer import ChildRenderer
from megabot.service.ledger_alerts import LedgerAlerts
from megabot.source.folder import FolderSource
from tests.fake_ledger import FakeLedger
from tests.fakes import FakeClock

THREAD = """---
name: news
title: "News {{ edition.number }}"
community: news
schedule: {every: week, on: monday, at: "12:00", timezone: Europe/London, first: 2024-01-01}
---
{{ preamble.text }}

{{ sections() }}
"""
SECTION = "---\ntitle: Maps\n---\n- A map of the hills\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A source in which nothing is wrong."""
    source = tmp_path / "source"
    for path, text in {
        "thread.md.j2": THREAD,
        "sections/10-maps.md": SECTION,
        "preambles/news/_default.md": "Nothing special.\n",
        "data/events.yaml": "- {what: Market, day: 2026-11-16}\n",
    }.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text)
    return source


def checked(folder: Path, *, slots: int = 2) -> list[tuple[Level, str]]:
    ledger = FakeLedger()
    ports = OfflinePorts(
        clock=FakeClock(),
        ledger=ledger,
        source=FolderSource(folder),
        renderer=ChildRenderer(cpu_seconds=1),
        alerts=LedgerAlerts(ledger),
    )
    found = [(one.level, one.sentence) for one in templates.check_source(ports, slots=slots)]
    return [one for one in found if one[0] is not Level.FINE]


def in_file(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_nothing_is_wrong_with_a_good_source(folder: Path) -> None:
    assert checked(folder) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        (
            "thread.md.j2",
            "community: news",
            "\tcommunity: news",
            "thread.md.j2:4: the line starts with a tab (use ordinary spaces)",
        ),
        (
            "thread.md.j2",
            '"News {{ edition.number }}"',
            "\u201cNews\u201d",
            'thread.md.j2:3: curly quotes are part of the text in YAML (use straight quotes: "...")',
        ),
        (
            "thread.md.j2",
            "{{ preamble.text }}",
            "::: spoiler Rules\n- be kind",
            (
                "thread.md.j2:7: the spoiler is not closed before the next one starts "
                "(close it with a line ::: before ::: spoiler Maps; spoilers do not nest)"
            ),
        ),
        (
            "thread.md.j2",
            "{{ preamble.text }}",
            "{{ preambel.text }}",
            "thread.md.j2:7: preambel is not defined (did you mean preamble?)",
        ),
        (
            "thread.md.j2",
            "first: 2024-01-01",
            "first: 2024-13-01",
            (
                "thread.md.j2:5: schedule.first: 2024-13-01 is not a date "
                "(write year-month-day, like 2026-11-16)"
            ),
        ),
        (
            "thread.md.j2",
            "{{ preamble.text }}",
            "{{ 'soon' | date('d MMMM') }}",
            "thread.md.j2:7: the date filter needs a date (write it like 2026-11-16, or use edition.start)",
        ),
        (
            "thread.md.j2",
            "{{ preamble.text }}",
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
            "thread.md.j2:7: the template takes too long (check it for an endless loop)",
        ),
        (
            "sections/10-maps.md",
            "title: Maps\n",
            "",
            "sections/10-maps.md:1: the section has no title (start the file with ---, title: ..., ---)",
        ),
    ],
)
def test_a_mistake_has_its_place_and_what_to_write_instead(
    folder: Path, path: str, old: str, new: str, said: str
) -> None:
    in_file(folder / path, old, new)

    assert (Level.PROBLEM, said) in checked(folder)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_line_ends_and_byte_order_marks_of_other_editors_are_no_mistake(
    folder: Path, mark: bytes, end: bytes
) -> None:
    for path in folder.rglob("*.*"):
        path.write_bytes(mark + path.read_bytes().replace(b"\n", end))

    assert checked(folder) == []


def test_a_data_file_of_5_mb_is_named_with_what_fits(folder: Path) -> None:
    (folder / "data/events.yaml").write_text("- word\n" * 750_000)

    ((level, said),) = checked(folder)

    assert level is Level.PROBLEM
    assert said == (
        "data/events.yaml: the file has 5,250,000 bytes (make it smaller: at most 2,097,152 bytes)"
    )


def test_a_link_out_of_the_folder_is_named_once(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(SECTION)
    (folder / "sections/20-secret.md").symlink_to(tmp_path / "secret.md")

    assert checked(folder) == [
        (
            Level.PROBLEM,
            "sections/20-secret.md: the link leads out of the folder (put the file itself here)",
        )
    ]


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (
            "sections/20-maps.md",
            SECTION,
            "sections/20-maps.md: sections/10-maps.md has the name maps too (rename one of them)",
        ),
        (
            "data/events.csv",
            "a\nb\n",
            "data/events.yaml: data/events.csv has the name events too (rename one of them)",
        ),
    ],
)
def test_two_files_of_one_name_are_both_named(folder: Path, path: str, text: str, said: str) -> None:
    (folder / path).write_text(text)

    assert (Level.PROBLEM, said) in checked(folder)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("![](https://a.example/x.png)", "the image has no alt text (describe it: ![a red kite](...))"),
        ("![][1]\n\n[1]: https://a.example/x.png", "the image has no alt text"),
        (
            "::: spoiler Rules\n- be kind\n- bring links\n:::",
            (
                "entries without line breaks in a spoiler, which readers on Lemmy 0.19 servers see "
                "as one run "
                "of text (use {% call spoiler('Title') %}, or end each entry and paragraph with two spaces)"
            ),
        ),
    ],
)
def test_what_some_readers_lose_is_a_warning(folder: Path, body: str, said: str) -> None:
    text = (folder / "thread.md.j2").read_text()
    (folder / "thread.md.j2").write_text(
        text.replace("{{ preamble.text }}", f"{{% raw %}}\n{body}\n{{% endraw %}}")
    )

    found = checked(folder)

    assert [level for level, _ in found] == [Level.WARNING]
    assert said in found[0][1]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{{ preamble.txt }}", "thread.md.j2:7: no preamble has the key txt (did you mean preamble.text?)"),
        (
            "{% if preamble.rota %}x{% endif %}{{ preamble }}",
            "thread.md.j2:7: no preamble has the key rota (add it to the front matter of a preamble)",
        ),
    ],
)
def test_a_key_that_no_preamble_has_is_a_warning(folder: Path, body: str, said: str) -> None:
    """A misspelt one would be nothing, and the thread would go up without its essay."""
    in_file(folder / "thread.md.j2", "{{ preamble.text }}", body)

    assert checked(folder) == [(Level.WARNING, said)]


@pytest.mark.parametrize(
    "body",
    ["{{ preamble.text }} {% if preamble.theme %}x{% endif %} {# preamble.rota #}", "{{ preamble.mood }}"],
)
def test_a_key_that_may_be_there_some_day_is_no_mistake(folder: Path, body: str) -> None:
    in_file(folder / "thread.md.j2", "{{ preamble.text }}", body)
    (folder / "preambles/news/2026-W50.md").write_text("---\nmood: calm\n---\nWords.\n")

    assert checked(folder) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "---\ntitle: Maps: trains\n---\n- a\n",
            "sections/10-maps.md:2: there is a second colon in the line",
        ),
        (
            "---\ntitle: Maps\n---\n- a\n::: spoiler b\n",
            "sections/10-maps.md:5: a section cannot contain :::",
        ),
    ],
)
def test_one_slip_is_told_once(folder: Path, text: str, said: str) -> None:
    (folder / "sections/10-maps.md").write_text(text)

    ((_, told),) = checked(folder)

    assert told.startswith(said)


def test_one_broken_file_hides_no_mistake_of_another(folder: Path) -> None:
    """A template that is not YAML, a section, a data file and a preamble that are not either: all at once."""
    (folder / "film.md.j2").write_text("---\nschedule: {{every: week\n---\nx")
    (folder / "sections/20-x.md").write_text("---\ntitle: [\n---\nx\n")
    (folder / "data/prices.json").write_text('{"a":')
    for thread in ("news", "film"):
        (folder / "preambles" / thread).mkdir(exist_ok=True)
    (folder / "preambles/film/2026-W50.md").write_text('---\ntheme: "x\n---\nWords.\n')
    (folder / "preambles/news/2026-W50.md").write_text("")

    found = {sentence.split(":")[0] for _, sentence in checked(folder)}

    assert found == {
        "film.md.j2",
        "sections/20-x.md",
        "data/prices.json",
        "preambles/film/2026-W50.md",
        "preambles/news/2026-W50.md",
    }


def test_a_good_thread_is_checked_beside_a_broken_one(folder: Path) -> None:
    (folder / "film.md.j2").write_text("---\nschedule: {{every: week\n---\nx")
    in_file(folder / "thread.md.j2", "preamble.text", "preambel.text")

    said = [sentence for _, sentence in checked(folder)]

    assert any("preambel is not defined" in one for one in said), said


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("sections/x.txt", "its name must end in .md"),
        ("sections/60-X.MD", "its name must end in .md (lower case)"),
        ("sections/more/10-x.md", "move it to sections/"),
        ("preambles/news/2026-W50.markdown", "its name must end in .md"),
        ("data/prices.CSV", "its name must end in .csv (lower case)"),
        ("data/prices.xlsx", "its name must end in .yaml, .yml, .json or .csv"),
        ("images/kite.svg", "its name must end in .png, .jpg, .jpeg, .gif, .webp or .avif"),
        ("film.MD.J2", "name it NAME.md.j2"),
        ("film.md.jinja", "name it NAME.md.j2"),
        ("film.j2", "name it NAME.md.j2"),
    ],
)
def test_a_file_that_is_not_read_is_a_warning_with_the_fix(folder: Path, name: str, hint: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("x")

    assert checked(folder) == [(Level.WARNING, f"{name}: the file is ignored ({hint})")]


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "notes.txt",
        "sections/README",
        "sections/10-maps.md~",
        "sections/.gitkeep",
        "nginx.conf.j2",
        "docs/x.txt",
    ],
)
def test_a_file_that_nobody_takes_for_a_part_is_no_finding(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("x")

    assert checked(folder) == []


@pytest.mark.parametrize("text", ["", " \n\n", "---\n---\n"])
def test_an_empty_preamble_is_a_warning(folder: Path, text: str) -> None:
    (folder / "preambles/news/2026-W50.md").write_text(text)

    ((level, said),) = checked(folder)

    assert (level, "2026-W50 will be posted without a preamble" in said) == (Level.WARNING, True)


def test_a_preamble_of_settings_alone_is_none(folder: Path) -> None:
    (folder / "preambles/news/2026-W50.md").write_text("---\ntheme: Tides\n---\n")

    assert checked(folder) == []


def test_a_preambles_key_in_capitals_is_a_warning(folder: Path) -> None:
    key = "2026-W50"
    (folder / f"preambles/news/{key}.md").write_text("---\nTheme: Tides\n---\nWords.\n")

    (found,) = checked(folder, slots=60)

    assert found == (
        Level.WARNING,
        f"preambles/news/{key}.md: no template uses the key Theme (write it as theme)",
    )


def test_a_misspelt_filter_is_found_in_a_branch_that_is_never_taken(folder: Path) -> None:
    in_file(folder / "thread.md.j2", "{{ preamble.text }}", "{% if false %}{{ 1 | ordinall }}{% endif %}x")

    ((level, said),) = checked(folder)

    assert (level, "No filter named 'ordinall'" in said) == (Level.PROBLEM, True)
    assert said.endswith("(did you mean ordinal?)")


def test_a_first_day_that_is_no_posting_date_is_a_warning_with_the_fix(folder: Path) -> None:
    text = (folder / "thread.md.j2").read_text()
    (folder / "thread.md.j2").write_text(
        text.replace("first: 2024-01-01", "first: {date: 2024-01-02, number: 7}")
    )

    ((level, said),) = checked(folder)

    assert level is Level.WARNING
    assert "Tuesday 2024-01-02 is not a posting date, so number 7 goes to Monday 2024-01-08" in said
    assert "write first: {date: 2024-01-08, number: N}" in said


def test_a_mistake_in_a_template_hides_none_in_the_files_that_it_uses(folder: Path) -> None:
    in_file(folder / "thread.md.j2", "preamble.text", "preambel.text")
    (folder / "sections/20-x.md").write_text("---\ntitle: [\n---\nx\n")
    (folder / "data/prices.json").write_text('{"a":')

    found = {sentence.split(":")[0] for _, sentence in checked(folder)}

    assert found == {"thread.md.j2", "sections/20-x.md", "data/prices.json"}
