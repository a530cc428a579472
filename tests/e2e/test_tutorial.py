"""docs/tutorial.md: its commands are typed as they are written, against the practice server."""

import os
import pty
import re
import select
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
PRACTICE, _, REAL = PAGE.partition("\n## Do it on your own server\n")
BLOCK = re.compile(r"^(<!-- in the background -->\n)?```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OUTPUT = re.compile(r"^<!-- shown -->\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DATES = (
    (r"\d{4}-W\d\d", "KEY"),
    (r"Mon +\d+ \w{3} (\d{4} )?12:00 (GMT|BST), (in .*|now)", "THE SLOT"),
    (r"\d+ [A-Z][a-z]+ \d{4}", "THE DAY"),
)
"""What is different in every week, and what the test puts in its place."""
VERB = re.compile(r"^megabot ([a-z]+)", re.MULTILINE)
PORT = "8536"
ANSWERS = {"Password of": "correct horse", "2FA code": "", "Which one should be posted now?": "KEY"}
LONGEST = 120.0  # seconds


def script(port: str) -> str:
    """Join the page's blocks into one script; what runs in a terminal of its own runs in the background."""
    install, *blocks = BLOCK.findall(PRACTICE)
    assert install == ("", "pipx install '.[web]'\n")
    lines = ["set -e"]
    for background, block in blocks:
        text = block.replace(PORT, port)
        if text == "megabot sandbox\n":
            text = f"megabot sandbox --port {port}\n"
        lines.append(f"echo {shlex.quote(f'$ {text}')}")
        if background:
            lines += [f"{text.strip()} >background.log 2>&1 &", 'jobs="$jobs $!"', "trap 'kill $jobs' EXIT"]
            said = "megabot post" if "sandbox" in text else "the next edition is due"
            lines.append(f"until grep -q '{said}' background.log; do sleep 0.1; done")
        else:
            lines.append(text)
        if "api/v3/comment" in text:
            url = f"http://127.0.0.1:{port}/post/2"
            lines.append(f"until curl -s {url} | grep -q 'will be skipped'; do sleep 0.2; done")
    return "\n".join([*lines, f"echo; curl -s http://127.0.0.1:{port}/post/1"])


def typed(text: str, folder: Path) -> tuple[int, str]:
    """Run a script on a terminal, and answer what megabot asks there."""
    terminal, end = pty.openpty()
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "MEGABOT_TICK": "5",
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }
    process = subprocess.Popen(
        ["bash", "-c", text],
        cwd=folder,
        env=environment,
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
    )
    os.close(end)
    said, waiting, until = "", dict(ANSWERS), time.monotonic() + LONGEST
    while time.monotonic() < until:
        ready, _, _ = select.select([terminal], [], [], 0.5)
        if not ready:
            if process.poll() is not None:
                break
            continue
        try:
            said += os.read(terminal, 65536).decode()
        except OSError:  # the terminal is gone: the process ended
            break
        for question in [question for question in waiting if question in said]:
            answer = waiting.pop(question)
            key = re.search(r"(\d{4}-W\d\d) has no post", said)
            os.write(terminal, f"{key[1] if answer == 'KEY' and key else answer}\n".encode())
    else:
        process.kill()
    os.close(terminal)
    return process.wait(), said


def without_dates(text: str, port: str) -> str:
    """Replace what differs from run to run, so that the page can be compared with the terminal."""
    text = text.replace(f":{port}", f":{PORT}").replace("\r\n", "\n")
    for pattern, word in DATES:
        text = re.sub(pattern, word, text)
    return text


@pytest.mark.slow
def test_the_tutorial_works_as_it_is_written(nobodys_home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])

    code, said = typed(script(port), nobodys_home)

    assert code == 0, said
    assert re.search(rf"done: weekly/\d{{4}}-W\d\d: http://127.0.0.1:{port}/post/1 \(pinned\)", said)
    shown = [without_dates(text, PORT) for text in OUTPUT.findall(PRACTICE)]
    assert len(shown) == 4
    assert [text for text in shown if text not in without_dates(said, port)] == [], said
    assert "the account can post and pin in" in said
    assert "problem" not in said
    assert "skipped by modlin" in said
    assert "all holds, skips and moves are cancelled" in said
    first = said.rpartition("<html")[2]
    assert 'href="https://bridges.example' in first, first
    assert re.search(r'href="[^"]*/post/2"', first)


def test_what_the_page_shows_is_what_is_printed(nobodys_home: Path) -> None:
    printed = SHOWN.findall(PRACTICE)[0]
    with subprocess.Popen(
        [sys.executable, "-m", "megabot", "sandbox", "--port", "0"],
        env={"PATH": os.environ["PATH"], "HOME": str(nobodys_home), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in printed.splitlines()]
        process.kill()

    assert [re.sub(r":\d{4,5}\b", f":{PORT}", line) for line in lines] == printed.splitlines(keepends=True)


def test_the_part_on_a_real_server_takes_the_same_steps() -> None:
    practised = {verb for _, block in BLOCK.findall(PRACTICE) for verb in VERB.findall(block)}

    assert practised - set(re.findall(r"megabot ([a-z]+)", REAL)) == {
        "calendar",
        "preview",
        "resume",
        "sandbox",
        "status",
    }
