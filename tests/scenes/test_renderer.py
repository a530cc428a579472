"""The child process: what it answers, and that nothing a template does gets past its limits."""

import os
import re
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from megabot.rendering.child import main
from megabot.rendering.model import Rendered, RenderProblem
from megabot.rendering.renderer import ChildRenderer, describe_exit, parse_answer
from megabot.source.model import Snapshot
from tests.templates import BODY_LINE, CONTEXT, source, thread_of

# What jinja2 and Babel import or open only when it is needed would fail under the limits.
EVERYTHING = """
{{ edition.slot | date('EEEE d MMMM y HH:mm zzzz z VVVV') }} {{ edition.start | date('long') }}
{{ preamble | escape_md }} {{ 3 | ordinal }} {{ companions.atlas.url | url }}
{% for row in data.prices | sort(attribute='name') %}{{ row.name }}{{ loop.index }}{% endfor %}
{{ data.events | map(attribute='what') | join(', ') | upper | truncate(9) | wordwrap(5) | indent }}
{{ 'a b' | urlencode }} {{ 'x' | urlize }} {{ '<b>' | striptags | escape }} {{ [1, 2] | tojson | pprint }}
{{ 5000 | filesizeformat }} {{ 1.25 | round(1) }} {{ '%s!' | format('x') }} {{ 'ä\\n' | trim | title }}
{% include '_footer.md.j2' %}
{% call spoiler('More', cw='heights') %}- one{% endcall %}

{{ sections() }}
"""
ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


TOO_MUCH = {f"data/d{number}.json": "[" + "{}," * 700_000 + "{}]" for number in range(14)}
TOO_MUCH_SAID = re.compile(r"data/d\d+.json: the data is too large to read \(.*\)")
MANY_MISTAKES = {"sections/30-x.md": "---\ntitle: X\n---\n" + ":::\n" * 20_000}


def render(body: str, *, timeout: float = 20, more: dict[str, str] | None = None) -> Rendered | RenderProblem:
    files = source(body, more=more)
    (answer,) = ChildRenderer(timeout=timeout).render(Snapshot(files=files), [(thread_of(files), CONTEXT)])
    return answer


def test_everything_that_a_template_may_say_works_under_the_limits() -> None:
    answer = render(EVERYTHING)

    assert isinstance(answer, Rendered), answer
    assert answer.body.startswith("Monday 22 June 2026 12:00")


def test_every_job_gets_its_own_answer() -> None:
    files = source("{{ edition.number }}")
    broken = source("{{ nosuch }}")["thread.md.j2"]
    good, bad = thread_of(files), thread_of(files | {"thread.md.j2": broken})
    snapshot = Snapshot(files=files | {"bad.md.j2": broken})
    jobs = [(good, CONTEXT), (replace(bad, path="bad.md.j2"), CONTEXT)]
    answers = ChildRenderer().render(snapshot, jobs)

    assert isinstance(answers[0], Rendered)
    assert isinstance(answers[1], RenderProblem)
    assert str(answers[1].problems[0]).startswith(f"bad.md.j2:{BODY_LINE}: nosuch is not defined")


def test_a_locale_that_nobody_knows_hinders_only_where_a_date_is_written() -> None:
    files = source("{{ edition.number }}{# date #}")
    strange = replace(thread_of(files), locale="xx")
    jobs = [(strange, CONTEXT), (replace(strange, title="{{ edition.start | date('d') }}"), CONTEXT)]
    good, bad = ChildRenderer().render(Snapshot(files=files), jobs)

    assert isinstance(good, Rendered)
    assert isinstance(bad, RenderProblem)
    assert str(bad.problems[0]).startswith("thread.md.j2:3: the locale xx does not exist (write one like en")


def test_what_dates_need_is_loaded_before_the_limits() -> None:
    request = {
        "files": {"a": "{{ x | date('d') }}"},
        "jobs": [{"thread": {"title": "", "locale": "xx", "timezone": "UTC"}}],
    }

    main._load_what_is_used_later(request)

    assert {"babel.dates", "babel.core"} <= sys.modules.keys()


def test_no_job_starts_no_child() -> None:
    assert ChildRenderer(timeout=0).render(Snapshot(files={}), []) == ()


def test_a_child_that_takes_too_long_is_ended() -> None:
    answer = render("Hello.", timeout=0.001)

    assert isinstance(answer, RenderProblem)
    assert str(answer.problems[0]) == (
        "thread.md.j2: rendering took more than 0.001 s; check the template for an endless loop"
    )


def test_a_child_that_runs_out_of_memory_leaves_a_problem() -> None:
    """R14."""
    answer = render("{% for name, rows in data | items %}{% endfor %}", more=TOO_MUCH)

    assert isinstance(answer, RenderProblem)
    assert TOO_MUCH_SAID.fullmatch(str(answer.problems[0]))


def test_memory_that_runs_out_at_data_that_no_template_uses_leaves_the_text() -> None:
    """R16."""
    answer = render("Hello.", more=TOO_MUCH)

    assert isinstance(answer, Rendered)
    assert answer.body == "Hello."
    assert TOO_MUCH_SAID.fullmatch(str(answer.unused[0]))


def test_a_child_that_used_up_its_time_says_so() -> None:
    assert (
        describe_exit(-signal.SIGKILL)
        == "rendering was stopped at its time limit; check the template for an endless loop"
    )


def test_a_child_that_ended_by_itself_says_so() -> None:
    assert (
        describe_exit(-signal.SIGSEGV)
        == "rendering failed, probably because the text needs too much memory; make it shorter"
    )


@pytest.mark.parametrize("answer", [b"", b"[{", b"[]", b"[{}, {}]", b"\xff"])
def test_half_an_answer_is_none(answer: bytes) -> None:
    assert parse_answer(answer, 1) is None


def test_half_characters_travel_and_are_refused() -> None:
    """T05."""
    answer = render("one \ud83e two")

    assert isinstance(answer, RenderProblem)
    assert answer.problems[0].what == "there is a control character or half a character"


def child_under_its_limits() -> Path:
    """Wait for a render child of this process, and give its folder in /proc."""
    for _ in range(400):
        for status in Path("/proc").glob("[0-9]*/status"):
            with suppress(OSError):  # others come and go
                ours = f"PPid:\t{os.getpid()}\n" in status.read_text()
                limits = (status.parent / "limits").read_text() if ours else ""
                if re.search(r"Max open files +3 ", limits):
                    return status.parent
        time.sleep(0.01)
    raise AssertionError("no child came up")


def test_the_child_inherits_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("MEGABOT_PASSWORD", "canary")
    reading, writing = os.pipe()
    os.set_inheritable(reading, True)
    rendering = threading.Thread(target=render, args=[ENDLESS], kwargs={"timeout": 2})
    rendering.start()
    child = child_under_its_limits()

    facts = ((child / "environ").read_bytes(), {path.name for path in child.glob("fd/*")})
    rendering.join()
    os.close(reading)
    os.close(writing)

    assert facts == (b"", {"0", "1", "2"})


@pytest.mark.parametrize("variable", ["PYTHONSTARTUP", "PYTHONPATH", "PYTHONHOME"])
def test_the_callers_python_settings_do_not_matter(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "/nowhere")

    assert isinstance(render("Hello."), Rendered)


def test_more_mistakes_than_anybody_reads_are_cut() -> None:
    answer = render("{{ sections() }}", more=MANY_MISTAKES)

    assert isinstance(answer, RenderProblem)
    assert len(answer.problems) == 100
    assert str(answer.problems[0]).startswith("sections/30-x.md:4: a section cannot contain :::")


def test_more_mistakes_than_anybody_reads_are_cut_in_a_file_that_no_template_uses() -> None:
    answer = render("Hello.", more=MANY_MISTAKES)

    assert isinstance(answer, Rendered)
    assert len(answer.unused) == 20
    assert str(answer.unused[0]).startswith("sections/30-x.md:4: a section cannot contain :::")


def test_more_oddities_than_anybody_reads_are_cut() -> None:
    answer = render("![](\n" * 9_000)

    assert isinstance(answer, Rendered)
    assert len(answer.warnings) == 20
