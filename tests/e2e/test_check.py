"""`megabot check` as people and as workflows call it, and as the service does once a week."""

import json
import socket
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from megabot.app import App
from megabot.cli.service_jobs import background_jobs
from megabot.clock import Stop, SystemClock
from megabot.startup import read_settings
from tests.e2e.conftest import Megabot
from tests.git_remote import be_another_account


@pytest.fixture
def broken(source: Path) -> Path:
    """A source whose template names what is not there, at line 7."""
    template = source / "thread.md.j2"
    template.write_text(template.read_text().replace("preamble.text", "preambel.text"))
    return template


def test_json_is_one_document_with_every_finding(megabot: Megabot, broken: Path) -> None:
    code, out, _ = megabot("check", "--json")

    found = json.loads(out)
    assert (code, found["problems"]) == (1, 1)
    assert [(one["path"], one["line"]) for one in found["findings"]] == [("thread.md.j2", 7)]


def test_json_of_a_good_source_says_so(megabot: Megabot) -> None:
    code, out, _ = megabot("check", "--format", "json")

    assert code == 0
    assert json.loads(out)["findings"][0]["level"] == "ok"


def test_a_workflow_gets_annotations_with_the_files_place_in_the_repository(
    megabot: Megabot, broken: Path
) -> None:
    code, out, _ = megabot("check", "--format", "github")

    assert code == 1
    assert out == (
        "::error file=templates/thread.md.j2,line=7,title=megabot::"
        "preambel is not defined (did you mean preamble?)\n"
    )


def test_a_workflow_in_the_templates_own_repository_gets_bare_names(
    megabot: Megabot, broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(broken.parent)

    _, out, _ = megabot("check", "--format", "github", SOURCE=".")

    assert out.startswith("::error file=thread.md.j2,line=7,")


def test_a_file_that_cannot_be_used_is_told_once(megabot: Megabot, source: Path) -> None:
    (source / "sections/20-bad.md").write_bytes(b"\xff")

    _, out, _ = megabot("check")

    assert out.splitlines() == [
        "problem templates/sections/20-bad.md:1: the file is not UTF-8 (save it as UTF-8 in your editor)",
        "",
        "1 problem.",
    ]


def test_files_are_named_from_where_the_user_stands(
    megabot: Megabot, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "sections/20-bad.md").write_bytes(b"\xff")
    monkeypatch.chdir(source / "sections")

    for verb in ("check", "preview"):
        _, out, err = megabot(verb, SOURCE=str(source))
        assert " 20-bad.md:1: the file is not UTF-8" in out + err, verb


def test_a_broken_template_is_named_from_where_the_user_stands(
    megabot: Megabot, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "thread.md.j2").write_text("---\n\tname: news\n---\n")
    monkeypatch.chdir(source / "sections")

    for verb in ("check", "preview", "calendar", "post"):
        _, out, err = megabot(verb, SOURCE=str(source))
        assert " ../thread.md.j2:2: the line starts with a tab" in out + err, verb


def test_a_source_that_is_not_there_is_a_finding_too(megabot: Megabot) -> None:
    code, out, _ = megabot("check", "--json", SOURCE="nowhere")

    assert code == 1
    assert "nowhere, does not exist" in json.loads(out)["findings"][0]["sentence"]


def test_links_of_a_source_without_any_are_none(megabot: Megabot, source: Path) -> None:
    (source / "sections/10-maps.md").write_text("---\ntitle: Maps\n---\n- none\n")

    code, out, _ = megabot("check", "--links")

    assert (code, out.splitlines()[-1]) == (0, "ok      there are no links")


def test_the_service_looks_at_the_links_in_a_process_of_its_own_where_that_is_set(
    megabot: Megabot, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "sections/10-maps.md").write_text("---\ntitle: Maps\n---\n- http://127.0.0.1:9/x is near\n")
    megabot("post", CHECK_LINKS="weekly")
    app, now = App(read_settings({}), SystemClock(Stop())), datetime.now(UTC)

    with background_jobs(app.settings, {}, app.ports) as jobs:
        jobs["links"](now)
        path = app.settings.state_dir / "links.json"
        until = time.monotonic() + 20
        while not path.exists():
            assert time.monotonic() < until
            time.sleep(0.02)

    assert "such addresses are not checked" in path.read_text()
    app.close()


def test_a_community_that_cannot_be_reached_is_named_and_the_check_goes_on(
    source: Path, megabot: Megabot, sandbox: Sandbox
) -> None:
    """A 1.0 answers with the code unknown, which says nothing to a person."""
    sandbox.upgrade()
    other = (source / "thread.md.j2").read_text().replace("name: news", "name: other\ncommunity: news")
    (source / "other.md.j2").write_text(other)

    code, out, err = megabot("check", "--online", COMMUNITY="birds@nowhere.example")

    assert (code, err) == (1, "")
    assert (
        "problem news: the community birds@nowhere.example cannot be found. The server could not reach "
        "nowhere.example: it is down, or its name is wrong."
    ) in out
    assert "other: the account can post and pin" in out
    assert "unknown" not in out


def test_a_check_changes_no_setting_of_the_account_without_being_told(
    megabot: Megabot, sandbox: Sandbox
) -> None:
    """Not of a new account either."""
    account = sandbox.person("megabot")
    account.bot_account = False
    before = account.settings

    code, out, _ = megabot("check", "--online")
    assert (code, account.bot_account, account.settings) == (0, False, before)
    assert "warning the account is not marked as a bot" in out
    assert "megabot check --online --yes" in out
    code, out, _ = megabot("check", "--online", "--yes")

    assert (code, account.bot_account) == (0, True)
    assert 'so that the bot sees its own posts: "Bot account"' in out


def test_without_a_network_the_exit_code_is_its_own(
    source: Path, megabot: Megabot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for form in ("text", "json"):
        code, out, err = megabot("check", "--links", "--format", form, INSTANCE="https://lemmy.example")

        assert (code, "is dead" in out) == (5, False)
        assert err.endswith(
            "failed: This machine seems to be offline: none of the linked servers could be reached, so the "
            "links were not checked. Connect it (or set MEGABOT_PROXY) and run this again\n"
        )


def test_a_folder_in_a_repository_of_another_account_is_told_by_check_and_status(
    source: Path, megabot: Megabot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=source, check=True)
    be_another_account(monkeypatch, tmp_path)

    code, out, _ = megabot("check")
    assert (code, out.startswith("warning the git revision is unknown")) == (0, True)
    _, out, _ = megabot("status")

    assert f"safe.directory {source}" in out.replace("\n", "")
    assert "in no git repository" not in out
