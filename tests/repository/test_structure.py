"""The shape of the code: sizes, names, purity. Importing does no work.

Who may import whom is in pyproject.toml.
"""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LEMMY_INBOXES = "adapters.lemmy_v3_inbox adapters.lemmy_v4_inbox"


SAYS_PURE = re.compile(r"\bPure\b|\bNo I/O\b")
PURE = (
    "megabot.schedule.",
    "megabot.forum.",
    "megabot.i18n.",
    "megabot.reconcile.rules.",
    "megabot.errors",
    "megabot.ports",
)
NOT_PURE = ("megabot.i18n.translation",)  # it reads a file
IMPURE = {
    "http",
    "io",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
}
IMPURE |= {"sys", "tempfile", "threading", "time", "uuid"}
CLOCKS = {"now", "today", "utcnow"}

SERVICE_HEAVY = {"jinja2", "babel", "rich", "markdown_it", "nh3", "feedgenerator"}
START_HEAVY = SERVICE_HEAVY | {"alembic", "plemmy", "psycopg", "pydantic", "requests", "sqlalchemy", "yaml"}
STAYS_OUT = {
    "megabot.__main__": START_HEAVY,
    "megabot.cli.group": START_HEAVY,
    "megabot.app": SERVICE_HEAVY,
    "megabot.service.service": SERVICE_HEAVY,
    # What contributors wrote is read by a child process, never by the one that has the token.
    "megabot.source.folder": START_HEAVY,
    "megabot.source.git.repository": START_HEAVY,
}

LARGEST_FOLDER = 24
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
VAGUE = re.compile(r"util|helper|manager|handler", re.IGNORECASE)

PLACES = ("megabot", "lemmy_sandbox", "lemmy_markdown")
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted([path for place in PLACES for path in ROOT.glob(f"{place}/**/*.py")])
}
TREES = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in FILES.items()}

# Each module is imported in a process of its own, forked from one that has imported nothing of megabot but
# the package that it is in, which comes first in any case. Slow libraries of others are there for all.
IMPORT_ALONE = """
import dataclasses, importlib, os, sys, typing
import click, pydantic, requests
AT_A_TIME = 2
WORK = {"_thread.start_new_thread", "socket.connect", "socket.getaddrinfo", "sqlite3.connect"}
def forbid_work(event, args):
    # A number is a file that is open already: importlib writes its byte code so.
    named = event == "open" and not isinstance(args[0], int) and "__pycache__" not in str(args[0])
    writes = named and args[2] & (os.O_WRONLY | os.O_RDWR)
    if event in WORK or event == "subprocess.Popen" or writes:
        raise RuntimeError(f"work while importing: {event} {args[:1]}")
def fork_each(modules, then):
    for number, module in enumerate(modules):
        if number >= AT_A_TIME:
            os.wait()
        if os.fork() == 0:
            try:
                importlib.import_module(module)
            except BaseException as error:
                os.write(1, f"{module}: {type(error).__name__}: {error}\\n".encode())
            else:
                then(module)
            os._exit(0)
    for module in modules[:AT_A_TIME]:
        os.wait()
modules = sys.argv[1:]
packages = sorted({module.rpartition(".")[0] for module in modules} - {""})
sys.addaudithook(forbid_work)
members = {package: [m for m in modules if m.rpartition(".")[0] == package] for package in packages}
fork_each(packages, lambda package: fork_each(members[package], bool))
"""


def imports(tree: ast.Module) -> set[str]:
    """Name every module that a module imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            members = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (members & FILES.keys()) or {str(node.module)}
    return found


def called(tree: ast.Module) -> set[str]:
    """Name the methods that a module calls."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {function.attr for function in calls if isinstance(function, ast.Attribute)}


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count from the first statement after the docstring to the end."""
    first = function.body[1 if ast.get_docstring(function) and len(function.body) > 1 else 0]
    return (function.end_lineno or first.lineno) - first.lineno + 1


def run_python(*arguments: str) -> str:
    command = [sys.executable, "-W", "error", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=180)
    return done.stdout


def is_pure(module: str) -> bool:
    """Whether a module says so in the first lines of its docstring, or is of a package that is pure."""
    if module in NOT_PURE:
        return False
    first = (ast.get_docstring(TREES[module]) or "").partition("\n\n")[0]
    return bool(SAYS_PURE.search(first)) or module.startswith(PURE)


@pytest.mark.parametrize("module", [module for module in FILES if is_pure(module)])
def test_pure_modules_reach_for_no_world(module: str) -> None:
    wrong = [name for name in imports(TREES[module]) if name.partition(".")[0] in IMPURE]
    wrong += [f"reads the clock with {name}()" for name in called(TREES[module]) & CLOCKS]

    assert wrong == []


def test_no_folder_holds_more_modules_than_a_reader_takes_in() -> None:
    counts = Counter(path.parent.relative_to(ROOT) for path in FILES.values() if path.stem != "__init__")

    assert {str(folder): count for folder, count in counts.items() if count > LARGEST_FOLDER} == {}


def test_imports_are_absolute() -> None:
    relative = [
        m for m, tree in TREES.items() for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level
    ]

    assert relative == []


def test_no_imports_go_in_circles() -> None:
    graph = {module: imports(tree) & FILES.keys() for module, tree in TREES.items()}

    TopologicalSorter(graph).prepare()


def test_the_reader_sees_imports_of_every_form() -> None:
    tree = ast.parse(
        "import a.b\nfrom megabot import errors\ndef f():\n    from megabot.ports import Forum\n    import d"
    )

    assert imports(tree) == {"a.b", "megabot.errors", "megabot.ports", "d"}


@pytest.mark.slow
def test_every_module_imports_alone_without_a_warning_and_does_no_work() -> None:
    # Run as programs, by Python and by Alembic.
    modules = [
        module for module in FILES if module not in {"megabot.__main__", "megabot.ledger.migrations.env"}
    ]

    assert run_python("-c", IMPORT_ALONE, *modules) == ""


@pytest.mark.parametrize("module", STAYS_OUT)
def test_what_is_slow_or_big_stays_out(module: str) -> None:
    loaded = run_python("-c", f"import sys, {module}; print(*sys.modules)").split()

    assert STAYS_OUT[module] & set(loaded) == set()


def test_no_module_is_too_long() -> None:
    lengths = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in FILES.items()}

    assert {module: length for module, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {f"{module}.{f.name}": body_lines(f) for module, tree in TREES.items() for f in functions(tree)}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_modules_are_named_for_what_they_are() -> None:
    assert [module for module in FILES if VAGUE.search(module)] == []
