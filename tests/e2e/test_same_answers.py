"""The same word at the host and on Lemmy: the same answer, and `history` and `status` know who said it."""

import functools
import getpass
import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from lemmy_sandbox.user_client import User
from megabot.app import open_app
from megabot.commands import reply_text
from megabot.commands.model import Verb
from megabot.i18n import suggestions
from megabot.i18n.channels import CommandWords
from megabot.service.service import Service
from tests.e2e.conftest import Megabot
from tests.languages import write_language

OUTCOME = re.compile(r"(done|nothing to do|refused|failed|error|megabot): ")
HOST = f"{getpass.getuser()} on this machine"
ESSAY = "An essay."


Write = Callable[..., str]


@pytest.fixture
def write(sandbox: Sandbox) -> Iterator[Write]:
    """Send the bot messages, let a service on the same state folder tick after each; give the last answer."""
    modlin, services = User(sandbox.url, "modlin"), ExitStack()

    @functools.cache
    def service() -> Service:  # not before the first verb: that has the settings
        app = services.enter_context(open_app({}))
        return Service(app.ports, tick=timedelta(seconds=30), notify=lambda _: None)

    def written(*texts: str) -> str:
        service().tick()
        for text in texts:
            modlin.message(sandbox.person("megabot").id, text)
            service().tick()
        newest = max((one["private_message"] for one in modlin.messages()), key=lambda one: int(one["id"]))
        return str(newest["content"]).partition("\n\n[//]: #")[0]

    with services:
        yield written


def as_answered(*printed: str) -> str:
    """What a person at the host reads, without the log, as it is said on Lemmy."""
    lines = [OUTCOME.sub("", line) for line in "".join(printed).splitlines()]
    text = reply_text.with_result([line for line in lines if " INFO " not in line])
    for suggested in sorted(suggested_in(text), key=lambda one: len(one.shell), reverse=True):
        text = text.replace(suggested.shell, suggested.lemmy)
    return text


def suggested_in(text: str) -> Iterator[CommandWords]:
    """The commands that may be suggested for the editions that a text names."""
    yield suggestions.post_next("news")
    yield suggestions.repost("news", sure=True)
    yield suggestions.repost("news")
    for key in re.findall(r"[0-9]{4}-W[0-9]{2}", text):
        yield suggestions.post_edition("news", key)
        yield suggestions.set_preamble("news", key)
        yield suggestions.clear_preamble("news", key)
        yield from (suggestions.change(verb, "news", key) for verb in (Verb.HOLD, Verb.SKIP, Verb.RESUME))


# What is typed at the host and then written to the bot, so that both find the same.
PAIRS = (
    ("post", "post"),
    ("refresh news", "refresh news"),
    ("resume", "resume"),
    ("undo", "undo"),
    ("repost", "repost"),
    ("repost --yes; repost --yes", "repost yes"),  # the second one within ten minutes counts as the first
    ("hold", "resume; hold"),
    ("skip news", "resume; skip news"),
    ("move +2h", "move +2h"),
)


def test_the_answer_on_lemmy_is_that_of_the_host(megabot: Megabot, write: Write) -> None:
    megabot("post")
    for host, lemmy in PAIRS:
        if host == "repost --yes":
            megabot("repost", "--yes")  # so that the next two are both one too many within ten minutes
        _, out, err = [megabot(*words.split()) for words in host.split("; ")][-1]

        assert write(*lemmy.split("; ")) == as_answered(out, err), host


def test_a_preamble_is_answered_alike(megabot: Megabot, write: Write, tmp_path: Path) -> None:
    megabot("post")
    (tmp_path / "essay.md").write_text(ESSAY)

    _, out, _ = megabot("preamble", "set", "--file", str(tmp_path / "essay.md"))

    assert write(f"preamble\n\n{ESSAY}").startswith(as_answered(out))


def test_what_cannot_be_is_answered_alike(megabot: Megabot, write: Write) -> None:
    megabot("post")

    code, _, err = megabot("move", "+300d")

    assert code == 1
    assert write("move +300d") == f"That did not work: {as_answered(err)}"


def test_history_tells_who_said_what_on_lemmy_and_at_the_host(megabot: Megabot, write: Write) -> None:
    megabot("post")
    megabot("hold")
    write("status", "skip", "repost yes")

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
    assert "  command: repost              by modlin on Lemmy, message:" in history
    assert f"  command: hold                by {HOST} at the shell\n" in history
    assert "  post                         https://lemmy.example/post/2, ordered by modlin\n" in history


def test_status_tells_who_changed_what_and_commanded_last(
    megabot: Megabot, write: Write, source: Path
) -> None:
    (source / "preambles/news/2024-W02.md").write_text("An essay of long ago.\n")
    megabot("post")
    megabot("move", "+2h")
    write("hold", "status")

    status = megabot("status")[1]
    (thread,) = json.loads(megabot("status", "--json")[1])["threads"]

    assert "last command  hold, by modlin, " in status
    assert [(one["kind"], one["by"]) for one in thread["changes"]] == [("move", HOST), ("hold", "modlin")]
    assert (thread["commanded"]["by"], thread["essay"]) == ("modlin", "missing")
    assert " on hold by modlin, " in status
    assert f" by {HOST}, " in status


def test_status_tells_since_when_there_is_a_token(megabot: Megabot) -> None:
    megabot("post")

    assert "signed in now" in megabot("status")[1]
    assert json.loads(megabot("status", "--json")[1])["token"]["since"]
    megabot("logout")
    assert "not signed in (run megabot login" in megabot("status")[1]


def test_both_answer_in_the_language_of_the_settings(
    megabot: Megabot, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = "{edition} is on hold and will not be posted; to release it: {command}"
    write_language(tmp_path / "locale", "de", {held: "{edition} wartet; weiter mit: {command}"})
    monkeypatch.setenv("MEGABOT_LANGUAGE", "de")
    monkeypatch.setenv("MEGABOT_LOCALE_DIR", str(tmp_path / "locale"))
    megabot("post")

    printed = megabot("hold")[1]

    assert " wartet; weiter mit: megabot resume news " in printed
    assert write("resume", "hold") == as_answered(printed)


def test_a_language_that_is_not_there_is_an_error_with_those_that_are(megabot: Megabot) -> None:
    code, out, err = megabot("status", LANGUAGE="nl")

    assert (code, out) == (2, "")
    assert err.startswith("error: There is no translation for MEGABOT_LANGUAGE=nl: ")
    assert " Set MEGABOT_LANGUAGE to one of: " in err


def test_a_language_is_the_name_of_no_other_folder(megabot: Megabot) -> None:
    code, _, err = megabot("status", LANGUAGE="../../tmp")

    assert (code, err) == (
        2,
        "error: MEGABOT_LANGUAGE (the environment): write the code of a language, as in de or pt_BR\n",
    )
