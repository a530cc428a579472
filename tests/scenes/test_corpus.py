"""The corpus: templates and files that try to use up the machine or to reach more than their data.

A new idea is a new file in `tests/corpus`. Only what may end in a text, or has no line, is named here.
"""

import functools
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from megabot.rendering.child import main
from megabot.rendering.model import Rendered, RenderProblem
from megabot.rendering.renderer import ChildRenderer
from megabot.source.model import Snapshot
from megabot.source.problems import Problem
from megabot.source.thread_files import parse_thread
from tests.templates import BODY_LINE, CONTEXT, FILES, FRONT, source, thread_of

CORPUS = Path(__file__).parents[1] / "corpus"
CANARY = "canary-of-the-parent"
ADDRESS = re.compile(r"0x[0-9a-f]{6,}", re.IGNORECASE)


def in_corpus(pattern: str) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(CORPUS.glob(pattern))}


BOMBS = in_corpus("bombs/*.md.j2")
ENDLESS = in_corpus("endless/*.md.j2")
ESCAPES = in_corpus("escapes/*.md.j2")
PARTS = in_corpus("_*.md.j2")
HARMLESS = "Hello {{ edition.number }}, {{ data.events[0].what }}."

# What would be too long for a file.
MANY = 20_000
GROWN = {
    "parentheses": "{{ " + "(" * MANY + "1" + ")" * MANY + " }}",
    "lists in lists": "{{ " + "[" * MANY + "]" * MANY + " }}",
    "mappings in mappings": "{{ " + "{1:" * MANY + "1" + "}" * MANY + " }}",
    "a word before a word": "{{ " + "not " * MANY + "1 }}",
    "a sign before a sign": "{{ " + "-" * MANY + "1 }}",
    "a long sum": "{{ " + "1+" * MANY + "1 }}",
    "a long comparison": "{{ " + "1<" * MANY * 5 + "1 }}",
    "a name in a name": "{{ edition" + ".a" * MANY + " }}",
    "a filter on a filter": "{{ 1" + "|abs" * MANY + " }}",
    "a call of a call": "{{ sections" + "()" * MANY + " }}",
    "a choice in a choice": "{{ " + "1 if 1 else " * MANY + "1 }}",
    "ifs in ifs": "{% if 1 %}" * MANY + "{% endif %}" * MANY,
    "more loops in loops than Python compiles": "{% for a in [1] %}" * 30 + "{% endfor %}" * 30,
    "an if with many ways": "{% if 0 %}" + "{% elif 1 %}" * MANY * 5 + "{% endif %}",
    "many names": "{% set a = 1 %}" * MANY * 5,
    "many values": "{{ [" + "1," * MANY * 20 + "] }}",
    "a long number": "{{ " + "1_" * MANY + "1 }}",
    "a long name": "{{ " + "a" * MANY * 10 + " }}",
    "blanks to the end": "{{ " + " " * MANY * 10 + " 1",
    "what opens and never closes": "{{" * MANY,
    "statements that never close": "{%-" * MANY,
    "a long text": "x" * 2_000_000,
}
WITHOUT_LINE = {
    "autoescape-while-compiling.md.j2": "jinja2 calculates this one while compiling",
    "date-pattern-of-many-parts.md.j2": "only the finished text is too long",
    "literal-of-many-digits.md.j2": "jinja2's reader knows no line for it",
    "striptags-of-many.md.j2": "only the finished text is too long",
    "title-of-many-lines.md.j2": "only the finished text is too long",
    "urlize-of-brackets.md.j2": "only the finished text is too long",
    "urlize-of-dots.md.j2": "only the finished text is too long",
    "width-of-a-date.md.j2": "the C library gives it up: only the finished text is empty",
    "width-of-many-dates.md.j2": "as above",
    "set-a-part-of-data.md.j2": "jinja2 raises this outside any line",
}
ENDS_THE_CHILD = "comparison-of-lists.md.j2"  # one comparison in C, which no signal interrupts

MAY_END_IN_A_TEXT = {
    "address-of-a-generator.md.j2": "filters give lists, which are data",
    "address-of-an-iterator.md.j2": "as above",
    "address-of-a-loop.md.j2": "jinja2's own short name of it",
    "address-of-a-macro.md.j2": "as above",
    "address-of-an-import.md.j2": "as above",
    "address-of-an-imports-macro.md.j2": "as above",
    "block-with-name-of-python.md.j2": "a block's name is a key, never a name of Python",
    "macro-with-name-of-python.md.j2": "the template's own macro",
    "set-names-of-the-generated-code.md.j2": "the template's own values, kept apart by a prefix",
    "extend-by-sum.md.j2": "a new list, the data as long as before",
    "include-if-there.md.j2": "it is not there",
    "include-name-with-braces.md.j2": "the file is there; its name is not read as code",
}

FILE_BOMBS = {
    path.relative_to(CORPUS / "files").as_posix(): path.read_text("utf-8")
    for path in sorted(CORPUS.glob("files/**/*.*"))
} | {
    "data/lists.yaml": "[" * 100_000,
    "data/items.yaml": "- " * 100_000 + "x",
    "data/mappings.yaml": "\n".join(" " * depth + "a:" for depth in range(1_900)),
    "data/many.yaml": "a: 1\n" * 100_000,
    "data/lists.json": "[" * 100_000 + "]" * 100_000,
    "data/number.json": "9" * 5_000,
    "data/cell.csv": "a\n" + "x" * 200_000,
    "data/rows.csv": "a,b\n" + "1\n" * 1_000_000,
    "sections/30-long.md": "---\ntitle: X\n---\n" + "::: x\n" * 9_000,
}

# Code that runs in the child all the same: what it tries, and the error that it gets.
FORBIDDEN = {
    "open('/etc/passwd')": "EMFILE",
    "open('/tmp/written', 'w')": "EMFILE",
    "os.listdir('/')": "EMFILE",
    "sqlite3.connect('file:/etc/passwd?mode=ro', uri=True).execute('PRAGMA schema_version')": "no file",
    "socket.socket()": "EMFILE",
    "socket.create_connection(('127.0.0.1', 80))": "EMFILE",
    "socket.socketpair()": "EMFILE",
    "os.pipe()": "EMFILE",
    "os.dup(1)": "EMFILE",
    "os.memfd_create('x')": "EMFILE",
    "os.fork()": "EAGAIN",
    "os.posix_spawn('/bin/sh', ['sh'], {})": "EAGAIN",
    "resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99))": "not allowed",
    "resource.setrlimit(resource.RLIMIT_NPROC, (99, 99))": "not allowed",
    "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))": "not allowed",
}
ATTEMPTS = """
import errno, os, resource, socket, sqlite3, sys
from megabot.rendering.child.main import limit
if os.geteuid() == 0:  # root may fork and raise limits; the service never is root
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
limit(5)
for attempt in sys.argv[1:]:
    try:
        eval(attempt)
        print("done")
    except OSError as error:
        print(errno.errorcode.get(error.errno, error))
    except ValueError as error:
        print("not allowed")
    except sqlite3.OperationalError as error:
        print("no file")
"""
ANOTHER_PROGRAM = """
import os, sys
from megabot.rendering.child.main import limit
limit(5)
os.execv(sys.executable, [sys.executable, "-c", "print('done')"])
"""


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Put a secret where templates look for one: the parent's environment, beside the source and above it."""
    folder = tmp_path / "source"
    folder.mkdir()
    for path in (folder / "secret.txt", folder / ".env", tmp_path / "secret.txt"):
        path.write_text(CANARY)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MEGABOT_PASSWORD", CANARY)


def beside_a_harmless_one(
    body: str, *, more: dict[str, str] | None = None, seconds: int = 10
) -> list[Rendered | RenderProblem]:
    """Render a body, and after it, in the same child, a thread that does no harm."""
    files = source(body, more=PARTS | (more or {}) | {"other.md.j2": FRONT + HARMLESS})
    thread = thread_of(files)
    jobs = [(thread, CONTEXT), (replace(thread, path="other.md.j2"), CONTEXT)]
    return list(ChildRenderer(cpu_seconds=seconds).render(Snapshot(files=files), jobs))


@functools.cache
def all_escapes() -> dict[str, Rendered | RenderProblem]:
    """Render every escape in one child, and at the end a thread that does no harm."""
    bodies = ESCAPES | {"harmless.md.j2": HARMLESS}
    files = {path: FRONT + body for path, body in bodies.items()}
    threads = [parse_thread(path, text)[0] for path, text in files.items()]
    jobs = [(thread, CONTEXT) for thread in threads if thread is not None]
    return dict(zip(files, ChildRenderer().render(Snapshot(files=FILES | PARTS | files), jobs), strict=True))


def reveals(answer: Rendered | RenderProblem) -> bool:
    """Tell whether something of the process, its files or its surroundings can be seen in an answer."""
    said = repr(answer)
    outside = [CANARY, os.environ["PATH"], os.environ["HOME"], "root:", sys.prefix]
    return bool(ADDRESS.search(said)) or any(one in said for one in outside)


def is_well(answer: Rendered | RenderProblem) -> bool:
    return isinstance(answer, Rendered) and answer.body == "Hello 130, Market."


def has_its_line(name: str, problem: Problem, path: str = "thread.md.j2") -> bool:
    """Tell whether a problem is at the text that made it, not in the front matter above."""
    if problem.path != path:
        return problem.path in FILES | PARTS and problem.line > 0
    return problem.line >= BODY_LINE or (problem.line == 0 and name in WITHOUT_LINE)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_a_problem_with_its_line_and_the_next_thread_is_well(name: str) -> None:
    """T01."""
    answer, other = beside_a_harmless_one(BOMBS[name])

    assert isinstance(answer, RenderProblem), answer
    assert has_its_line(name, answer.problems[0]), answer
    assert not reveals(answer)
    assert is_well(other), other


@pytest.mark.parametrize("name", [name for name in ENDLESS if name != ENDS_THE_CHILD])
def test_what_never_ends_is_a_problem_with_its_line_and_the_next_thread_is_well(name: str) -> None:
    answer, other = beside_a_harmless_one(ENDLESS[name], seconds=1)

    assert isinstance(answer, RenderProblem), answer
    assert answer.problems[0].what == "the template takes too long"
    assert has_its_line(name, answer.problems[0]), answer
    assert is_well(other), other


@pytest.mark.parametrize("name", GROWN)
def test_what_is_too_much_to_be_compiled_is_a_problem_of_its_file(name: str) -> None:
    (answer, _) = beside_a_harmless_one(GROWN[name], seconds=1)

    assert isinstance(answer, RenderProblem), answer
    assert answer.problems[0].path == "thread.md.j2"
    assert not reveals(answer)


def test_what_nothing_interrupts_ends_the_child_and_the_next_child_is_well() -> None:
    answers = beside_a_harmless_one(ENDLESS[ENDS_THE_CHILD], seconds=1)
    again = beside_a_harmless_one(HARMLESS, seconds=1)

    what = "rendering was stopped at its time limit; check the template for an endless loop"
    assert [str(one.problems[0]) for one in answers if isinstance(one, RenderProblem)] == [
        f"thread.md.j2: {what}",
        f"other.md.j2: {what}",
    ]
    assert [is_well(one) for one in again] == [True, True]


@pytest.mark.parametrize("name", ESCAPES)
def test_an_escape_reaches_nothing(name: str) -> None:
    """T02, T03, T04, T13."""
    answer = all_escapes()[name]

    assert not reveals(answer)
    assert isinstance(answer, Rendered) == (name in MAY_END_IN_A_TEXT), answer
    assert isinstance(answer, Rendered) or has_its_line(name, answer.problems[0], name), answer


def test_no_escape_changes_what_others_see() -> None:
    assert is_well(all_escapes()["harmless.md.j2"])


@pytest.mark.parametrize("path", FILE_BOMBS)
def test_a_bomb_beside_the_templates_is_a_problem_of_its_file(path: str) -> None:
    uses_all = "{{ preamble }}{{ sections() }}{% for name, value in data | items %}{% endfor %}"
    (answer, other) = beside_a_harmless_one(uses_all, more={path: FILE_BOMBS[path]}, seconds=1)

    assert isinstance(answer, RenderProblem), answer
    assert answer.problems[0].path == path
    assert not reveals(answer)
    assert is_well(other) or path.startswith("preambles/")  # both have that essay


def test_more_digits_than_python_reads_are_a_mistake_in_front_matter_too() -> None:
    thread, problems = parse_thread("thread.md.j2", FRONT.replace("2024-01-01", "9" * 5_000))

    assert thread is None
    assert problems[0].path == "thread.md.j2"


def test_every_exception_is_one_of_a_file() -> None:
    named = [*WITHOUT_LINE, *MAY_END_IN_A_TEXT, ENDS_THE_CHILD]

    assert [name for name in named if name not in BOMBS | ENDLESS | ESCAPES] == []


def run_alone(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    root = Path(main.__file__).parents[2]
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=60)


def test_code_in_the_child_reaches_no_file_no_network_and_no_other_process() -> None:
    """T12."""
    done = run_alone(ATTEMPTS, *FORBIDDEN)

    assert done.stdout.splitlines() == list(FORBIDDEN.values()), done.stderr


def test_another_program_in_the_childs_place_can_load_nothing() -> None:
    done = run_alone(ANOTHER_PROGRAM)

    assert done.returncode != 0
    assert done.stdout == ""
