"""The same word at the host and on Lemmy: the same answer, and `history` and `status` know who said it."""

import getpass
import json
from datetime import timedelta
from pathlib import Path

import pytest

from megabot import answers
from megabot.app import open_app
from megabot.language import ENGLISH
from megabot.run import Service
from megabot.sandbox import Sandbox
from megabot.sandbox.hands import Hand
from tests.e2e.conftest import Megabot

HOST = f"{getpass.getuser()} at the host"
ESSAY = "An essay."


def write(sandbox: Sandbox, *texts: str) -> str:
    """Send the bot messages, let a service on the same state folder tick after each; give the last answer."""
    modlin = Hand(sandbox.url, "modlin")
    with open_app({}) as app:
        service = Service(app.ports, tick=timedelta(seconds=30), notify=lambda _: None)
        service.tick()
        for text in texts:
            modlin.message(sandbox.person("megabot").id, text)
            service.tick()
    newest = max((one["private_message"] for one in modlin.messages()), key=lambda one: int(one["id"]))
    return str(newest["content"]).partition("\n\n[//]: #")[0]


def as_answered(*printed: str) -> str:
    """What a person at the host reads, without the log, as it is said on Lemmy."""
    lines = [line.removeprefix("megabot: ") for line in "".join(printed).splitlines()]
    return answers.done(ENGLISH, [line for line in lines if " INFO " not in line], ())


@pytest.mark.parametrize(
    ("host", "lemmy"),
    [
        (("status",), ("status",)),
        (("post",), ("post",)),
        (("refresh", "news"), ("refresh news",)),
        (("repost",), ("repost",)),
        (("repost", "--yes"), ("repost yes",)),
        (("undo",), ("undo",)),
        (("hold",), ("resume", "hold")),
        (("skip", "news"), ("resume", "skip news")),
        (("move", "+2h"), ("move +2h",)),
        (("resume",), ("resume",)),
    ],
)
def test_the_answer_on_lemmy_is_that_of_the_host(
    megabot: Megabot, sandbox: Sandbox, host: tuple[str, ...], lemmy: tuple[str, ...]
) -> None:
    megabot("post")

    _, out, err = megabot(*host)

    assert write(sandbox, *lemmy) == as_answered(out, err)


def test_a_preamble_is_answered_alike(megabot: Megabot, sandbox: Sandbox, tmp_path: Path) -> None:
    megabot("post")
    (tmp_path / "essay.md").write_text(ESSAY)

    _, out, _ = megabot("preamble", "set", "--file", str(tmp_path / "essay.md"))

    assert write(sandbox, f"preamble\n\n{ESSAY}").startswith(out.strip())


def test_what_cannot_be_is_answered_alike(megabot: Megabot, sandbox: Sandbox) -> None:
    megabot("post")

    code, _, err = megabot("move", "+300d")

    assert code == 2
    assert write(sandbox, "move +300d") == f"That did not work: {as_answered(err)}"


def test_history_tells_who_said_what_on_lemmy_and_at_the_host(megabot: Megabot, sandbox: Sandbox) -> None:
    megabot("post")
    megabot("hold")
    write(sandbox, "status", "skip", "repost yes")

    history = megabot("history")[1]
    kept = json.loads(megabot("history", "--json")[1])

    said = [(one["by"], one["verb"]) for one in reversed(kept) if one["kind"] == "command"]
    assert said == [
        (HOST, "post"),
        (HOST, "hold"),
        ("modlin", "status"),
        ("modlin", "skip"),
        ("modlin", "repost"),
    ]
    assert [one["by"] for one in reversed(kept) if one["kind"] == "publish"] == [HOST, "modlin"]
    assert "  news  modlin: repost  message:" in history
    assert f"  news  {HOST}: hold\n" in history
    assert "post: done  ordered by modlin  https://lemmy.example/post/2" in history


def test_status_tells_who_changed_what_and_commanded_last(megabot: Megabot, sandbox: Sandbox) -> None:
    megabot("post")
    megabot("move", "+2h")
    write(sandbox, "hold", "status")

    status = megabot("status")[1]
    (thread,) = json.loads(megabot("status", "--json")[1])["threads"]

    assert "; commanded by: modlin (hold, " in status
    assert [(one["kind"], one["by"]) for one in thread["changes"]] == [("move", HOST), ("hold", "modlin")]
    assert (thread["commanded"]["by"], thread["essay"]) == ("modlin", "missing")
    assert ": hold by modlin, " in status
    assert f" by {HOST}, " in status


def test_status_tells_since_when_there_is_a_token(megabot: Megabot) -> None:
    megabot("post")

    assert "; token: 0 min" in megabot("status")[1]
    assert json.loads(megabot("status", "--json")[1])["token"]["since"]
    megabot("logout")
    assert "token" not in megabot("status")[1]
