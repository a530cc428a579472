"""The shape of the code, read from its text: who may import whom, sizes, names. Importing does no work."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PASS = "answers amending amendment_texts "
PASS += "reconcile listing observe evidence home_pin memory "
PASS += "series standing long_look living parts places companions compose images perform"
PASS += " orders messages needs report deed_texts read_only_ledger"
PORTS = "core ports language config texts suggestions channels errors sources"
READERS = "check check_files status preview"
INBOX = "inbox promoting commanded replies glimpse"
PAGE = "preview_page preview_parts preview_style preview_links"
SHOWN = "overview_texts operating_texts check_formats preview_page preview_parts live link_check progress"
SHOWN += " adoption_texts importing introduce workshop site_texts site_watch layout moments terminal views"
PAGES = [f"archive.{name}" for name in ("entries", "frame", "index", "pages", "text", "words")]
VERBS = f"app process background link_watch running run schedulers tasks {SHOWN} {PASS} {READERS}"
VERBS += f" inbox archive init demo sandbox {PORTS}"
WIRE = "adapters.lemmy_wire_v3 adapters.lemmy_wire_v4 adapters.lemmy_forms adapters.lemmy_pages"
WIRE += " adapters.lemmy_answer adapters.lemmy_codes adapters.lemmy_fields"
LEMMY_INBOXES = "adapters.lemmy_v3_inbox adapters.lemmy_v4_inbox"

SESSION = "adapters.lemmy_calls adapters.lemmy_http adapters.sign_in adapters.credentials"
V4 = "adapters.lemmy_dialect_v4 adapters.lemmy_v4_inbox"
WIRE_V4 = " ".join(name for name in WIRE.split() if "v3" not in name)

# A part is a module or sub-package of megabot (`template_`: all that begin so). It may import itself and:
MAY_IMPORT = {
    "": "",
    "__main__": "cli verbs logs terminal layout errors",
    "cli": f"verbs {VERBS}",
    "verbs": VERBS,
    "measuring": f"status {PORTS}",
    "process": "config logs",
    "app": f"adapters process measuring operating_texts terminal {PASS} run inbox {PORTS}",
    "running": f"app process adapters operating_texts {PORTS}",
    "site_watch": f"background long_look site_texts {PORTS}",
    "background": "core",
    "run": f"{PASS} schedulers tasks {PORTS}",
    "schedulers": f"{PASS} source_watch inbox tasks {PORTS}",
    **dict.fromkeys(PASS.split(), f"{PASS} layout {PORTS}"),
    "archive": f"markdown preview_links {PORTS}",
    **dict.fromkeys(INBOX.split(), f"{INBOX} overview_texts {PASS} {READERS} {PORTS}"),
    "answers": "language channels core",
    "suggestions": "language channels core",
    "channels": "",
    **dict.fromkeys(READERS.split(), f"places markdown check_texts check_files standing {PORTS}"),
    "status": f"amending standing {PORTS}",
    "preview": f"preview_parts overview_texts amending standing {PORTS}",
    "preview_page": "preview_parts preview_style preview_links core",
    "preview_parts": "preview_links markdown core",
    **dict.fromkeys(["preview_style", "preview_links"], ""),
    "introduce": f"operating_texts {PORTS}",
    "operating_texts": "",
    "check_texts": "texts moments core",
    "link_check": f"check check_texts preview markdown {PORTS}",
    "link_watch": f"background check_texts {PORTS}",
    "live": f"preview preview_parts preview_style preview_links markdown {PORTS}",
    "workshop": f"adapters app {PORTS}",
    "importing": f"orders places {PORTS}",
    "progress": "",
    "layout": "",
    "moments": "",
    "terminal": "layout core",
    "views": "layout moments deed_texts preview_parts core",
    "check_formats": "check layout core",
    "overview_texts": "amendment_texts deed_texts suggestions channels texts language core",
    "adoption_texts": "texts language core",
    "site_texts": "",
    "hold_texts": "core",
    "language": "hold_texts core",
    "amendment_texts": "suggestions channels texts language core",
    "source_watch": PORTS,
    "init": "config texts errors core",
    "demo": f"sandbox app process run schedulers archive {PASS} {PORTS}",
    "demo.judge": "",
    "adapters": "ports channels core errors",
    **dict.fromkeys(WIRE.split(), f"{WIRE} core errors"),
    **dict.fromkeys(V4.split(), f"{V4} {WIRE_V4} {SESSION} ports core errors"),  # could be taken out as one
    "adapters.render_child": "core adapters.template_",
    "adapters.render_nursery": "adapters.render_child adapters.frames",
    "adapters.template_": "core adapters.yaml_text",
    "sandbox": "markdown",
    "markdown": "",
    "config": "language core errors",
    "logs": "",
    "texts": "suggestions channels language moments core errors",
    "ports": "language core",
    "sources": "ports core errors",
    "tasks": "ports core errors",
    "errors": "",
    "core": "",
}

# Other people's packages; a part without a line may import any.
TEMPLATES = "jinja2 markupsafe babel yaml"
MARKDOWN = "markdown_it mdit_py_plugins nh3"
LIBRARIES = {
    **dict.fromkeys(
        ["check_formats", "core", "errors", "logs", "ports", "texts", "demo.judge", *WIRE.split()], ""
    ),
    **dict.fromkeys([*PAGE.split(), "layout", "moments", "terminal", "views"], ""),
    **dict.fromkeys([*PASS.split(), *READERS.split(), *INBOX.split(), "answers"], ""),
    **dict.fromkeys(V4.split(), "requests typing_extensions"),
    **dict.fromkeys(["__main__", "cli"], "click"),
    **dict.fromkeys(["adapters.render_child", "adapters.render_nursery", "adapters.template_"], TEMPLATES),
    **dict.fromkeys(["markdown", "sandbox"], MARKDOWN),
    "sandbox.pytest_plugin": "pytest",
    "archive": "",
    "archive.feeds": "feedgenerator",
}

PURE = [
    *PAGES,
    "core",
    "errors",
    "ports",
    "texts",
    "channels",
    "suggestions",
    "hold_texts",
    "language",
    "site_texts",
    "operating_texts",
    "answers",
    "layout",
    "moments",
    "views",
    *PAGE.split(),
    *WIRE.split(),
    *LEMMY_INBOXES.split(),
]
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
START_HEAVY = SERVICE_HEAVY | {"plemmy", "pydantic", "requests", "yaml"}
STAYS_OUT = {
    "megabot.__main__": START_HEAVY,
    "megabot.cli": START_HEAVY,
    "megabot.app": SERVICE_HEAVY,
    "megabot.run": SERVICE_HEAVY,
    # What contributors wrote is read by a child process, never by the one that has the token.
    "megabot.adapters.folder_source": START_HEAVY,
    "megabot.adapters.git_source": START_HEAVY,
}

LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
VAGUE = re.compile(r"util|helper|manager|handler", re.IGNORECASE)

FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOT.glob("megabot/**/*.py"))
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


def is_within(module: str, part: str) -> bool:
    start = f"megabot.{part}".rstrip(".")
    return f"{module}.".startswith(start if part.endswith("_") else f"{start}.")


def part_of(module: str, table: dict[str, str]) -> str | None:
    """Name the line of a table that a module falls under: the longest that fits."""
    fitting = [part for part in table if (is_within(module, part) if part else module == "megabot")]
    return max(fitting, key=len, default=None)


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


def libraries(tree: ast.Module) -> set[str]:
    return {name.partition(".")[0] for name in imports(tree)} - sys.stdlib_module_names - {"megabot"}


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


def test_every_module_has_a_line_in_the_table() -> None:
    assert [module for module in FILES if part_of(module, MAY_IMPORT) is None] == []


def test_modules_import_only_the_parts_that_they_may() -> None:
    wrong = []
    for module, tree in TREES.items():
        part = part_of(module, MAY_IMPORT) or ""
        allowed = [part, *MAY_IMPORT[part].split()]
        ours = {name for name in imports(tree) if name.startswith("megabot.")}
        wrong += [
            f"{module} -> {name}" for name in sorted(ours) if not any(is_within(name, a) for a in allowed)
        ]

    assert wrong == []


def test_modules_import_only_the_libraries_that_they_may() -> None:
    wrong = []
    for module, tree in TREES.items():
        part = part_of(module, LIBRARIES)
        if part is not None:
            wrong += [f"{module} -> {name}" for name in libraries(tree) - set(LIBRARIES[part].split())]

    assert wrong == []


@pytest.mark.parametrize("part", PURE)
def test_pure_modules_reach_for_no_world(part: str) -> None:
    wrong = []
    for module in [module for module in FILES if is_within(module, part)]:
        wrong += [
            f"{module} -> {name}" for name in imports(TREES[module]) if name.partition(".")[0] in IMPURE
        ]
        wrong += [f"{module} reads the clock with {name}()" for name in called(TREES[module]) & CLOCKS]

    assert wrong == []


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
    assert libraries(tree) == {"a", "d"}


@pytest.mark.slow
def test_every_module_imports_alone_without_a_warning_and_does_no_work() -> None:
    modules = [module for module in FILES if module != "megabot.__main__"]

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
