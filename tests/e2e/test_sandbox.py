"""`megabot sandbox`: a server to try things on, of either generation."""

import os
import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from lemmy_sandbox import User, UserV4
from tests.processes import LONGEST, ROOT, Machine, machine


@contextmanager
def sandbox(home: Path, *options: str) -> Iterator[list[str]]:
    """Run the sandbox; gives the lines that it says until the last command."""
    with Machine(url="", home=home).start("sandbox", "--port", "0", *options) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline()]
            while lines[-1] and not lines[-1].endswith("megabot post\n"):
                lines.append(process.stdout.readline())
            yield lines
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=LONGEST)


def exports(lines: list[str]) -> dict[str, str]:
    """Take the settings that the sandbox says to export."""
    (line,) = (line for line in lines if line.startswith("  export "))
    return dict(word.split("=", 1) for word in shlex.split(line)[1:])


@pytest.mark.parametrize(
    ("options", "hand", "version"),
    [((), User, "0.19.20"), (("--api", "v4"), UserV4, "1.0.0-beta.1")],
)
def test_the_mini_lemmy_says_where_it_is_and_is_there(
    tmp_path: Path, options: tuple[str, ...], hand: type[User], version: str
) -> None:
    with sandbox(tmp_path, *options) as said:
        url = exports(said)["MEGABOT_INSTANCE"]
        answered = hand(url, "modlin").get("site")["version"]

    assert (f"A mini Lemmy {version} runs at {url}," in said[0], answered) == (True, version)


def test_what_the_sandbox_says_to_type_works_and_leaves_nothing_in_the_users_folders(tmp_path: Path) -> None:
    home = machine(tmp_path, "").home
    with sandbox(home) as said:
        settings = exports(said)
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), **settings}
        done = subprocess.run(
            shlex.split(said[-1]),
            env=environment,
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
        address = re.findall(r"http://\S+/post/\d+", done.stderr + done.stdout)[-1]
        page = requests.get(address, timeout=LONGEST).text

    assert done.returncode == 0, done.stderr
    assert "Nothing special this week." in page
    assert sorted(path.name for path in home.iterdir()) == ["templates"]
    assert not Path(settings["MEGABOT_STATE_DIR"]).exists()


def test_the_bot_that_the_sandbox_says_to_set_up_is_right(tmp_path: Path) -> None:
    home = machine(tmp_path, "").home
    with sandbox(home) as said:
        (line,) = (line for line in said if line.startswith("To set up a bot"))
        done = subprocess.run(
            shlex.split(line.partition(": ")[2]),
            env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT)},
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
        url = exports(said)["MEGABOT_INSTANCE"]
        settings = (home / "my-bot/.env").read_text("utf-8")

    assert done.returncode == 0, done.stderr
    assert f"MEGABOT_INSTANCE={url}" in settings


def test_without_templates_in_the_folder_the_sandbox_names_the_sample(tmp_path: Path) -> None:
    with sandbox(tmp_path) as said:
        source = Path(exports(said)["MEGABOT_SOURCE"])

    assert "To post the sample templates instead" in "".join(said)
    assert (source / "thread.md.j2").exists()


def test_a_busy_port_is_one_line_with_the_next_step(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        ended = Machine(url="", home=tmp_path).run("sandbox", "--port", port)

    assert ended.code == 1
    assert ended.err == (
        f"failed: port {port} cannot be used: in use by another program; choose another port, or let "
        "megabot pick a free one: megabot sandbox --port 0\n"
    )
