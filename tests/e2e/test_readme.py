"""What README and docs tell people to type works: on a fresh clone, in an empty home."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from megabot.cli.group import cli

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "templates/README.md"]
A_QUICK_TEST = "tests/repository/test_guards.py"
PASSED_ON = ("PATH", "LANG", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")

FENCED = re.compile(r"^( *)```sh\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
IN_LINE = re.compile(r"`(megabot [^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
VERB = re.compile(r"(?<!-u )(?<![\w-])megabot ([a-z][a-z-]*)([^;|&#]*)")  # -u: the user of that name
OPTION = re.compile(r"(?<!\S)(--?[a-z][a-z-]*)")


def commands(page: str) -> list[str]:
    """Take the lines of a page's shell blocks, without prompts and comments."""
    lines = "".join(block for _, block in FENCED.findall(page)).splitlines()
    return [line.partition("#")[0].strip() for line in lines if line.partition("#")[0].strip()]


def uses(page: str) -> Iterator[tuple[str, list[str]]]:
    """Take each use of megabot on a page: the verb and its options."""
    for line in [*commands(page), *IN_LINE.findall(page)]:
        for verb, rest in VERB.findall(line):
            yield verb, OPTION.findall(rest)


def options_of(verb: str) -> set[str]:
    context = click.Context(cli)
    command = cli.get_command(context, verb)
    assert command is not None, f"megabot {verb} does not exist"
    return {name for parameter in command.get_params(context) for name in parameter.opts}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clone the checkout as it is now, with what is not committed yet, without what git ignores."""
    origin, clone = tmp_path_factory.mktemp("origin"), tmp_path_factory.mktemp("fresh") / "megabot"
    git = ["git", "-c", "safe.directory=*", "-c", "user.name=a", "-c", "user.email=a@example"]
    listed = subprocess.run(
        [*git, "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).exists():
            (origin / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, origin / name)
    for step in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "now"]):
        subprocess.run([*git, *step], cwd=origin, check=True)
    subprocess.run([*git, "clone", "--quiet", str(origin), str(clone)], check=True)
    return clone


def run(command: str, *, within: Path, home: Path, pip_cache: str) -> subprocess.CompletedProcess[str]:
    """Run a line as a person with an empty home would, nothing of this process's settings inherited."""
    inherited = {
        n: v for n, v in os.environ.items() if n in PASSED_ON or n.lower() in map(str.lower, PASSED_ON)
    }
    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")} | {
        "PIP_CACHE_DIR": pip_cache
    }
    environment = {**inherited, **pip, "HOME": str(home), "PYTHON": sys.executable}
    return subprocess.run(  # noqa: S602  a line for a shell is what README holds
        command,
        shell=True,
        cwd=within,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_readme_fits_a_screen() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 70


def test_readme_starts_with_how_to_try_it_and_leaves_the_tests_to_developers() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert commands(readme)[0] == "make demo"
    assert "For developers: `make test`" in readme


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "argument"), [("make demo", "ARGS=--exit"), ("make test", f"TESTS={A_QUICK_TEST}")]
)
def test_the_commands_of_readme_work(
    command: str, argument: str, clone: Path, nobodys_home: Path, pip_cache: str
) -> None:
    done = run(f"{command} {argument}", within=clone, home=nobodys_home, pip_cache=pip_cache)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_verb_and_option_that_a_page_names_exists(page: Path) -> None:
    for verb, named in uses(page.read_text(encoding="utf-8")):
        assert set(named) <= options_of(verb) | {"-h", "--help"}, f"megabot {verb}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_that_a_page_links_is_there(page: Path) -> None:
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    links = [link for link in LINK.findall(text) if "://" not in link]

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_target_of_make_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    lines = [line for page in PAGES for line in commands(page.read_text(encoding="utf-8"))]
    named = {
        word
        for line in lines
        if line.startswith("make ")
        for word in shlex.split(line)[1:]
        if "=" not in word
    }

    assert named >= {"demo", "test"}
    assert named <= targets


def test_the_reader_sees_uses_in_blocks_and_in_sentences() -> None:
    block = "```sh\nsudo -u megabot megabot check --online && megabot post  # why\n```\n"

    assert list(uses(f"{block}Do `megabot plan --json`.")) == [
        ("check", ["--online"]),
        ("post", []),
        ("plan", ["--json"]),
    ]
