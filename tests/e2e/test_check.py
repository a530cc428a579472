"""`megabot check` as people and as workflows call it, and as the service does once a week."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from megabot.adapters.system import Stop, SystemClock
from megabot.app import App
from megabot.chores import link_watch
from megabot.process import read_settings
from tests.e2e.conftest import Megabot


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
    megabot: Megabot, broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (broken.parent / "sections/20-bad.md").write_bytes(b"\xff")
    (broken.parent / "bad.md.j2").write_bytes(b"\xff")
    monkeypatch.chdir(broken.parent / "sections")
    source = str(broken.parent)

    for verb in ("check", "preview", "calendar", "post"):
        _, out, err = megabot(verb, SOURCE=source)
        assert " ../bad.md.j2:1: the file is not UTF-8" in out + err, verb
        assert (" 20-bad.md:1: the file is not UTF-8" in out + err) is (verb in ("check", "preview")), verb


def test_a_source_that_is_not_there_is_a_finding_too(megabot: Megabot) -> None:
    code, out, _ = megabot("check", "--json", SOURCE="nowhere")

    assert code == 1
    assert "nowhere is not there" in json.loads(out)["findings"][0]["sentence"]


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

    with link_watch(app, {}) as chore:
        chore(now)
        kept = app.settings.state_dir / "links.json"
        until = time.monotonic() + 20
        while not kept.exists():
            assert time.monotonic() < until
            time.sleep(0.02)

    assert "never asked" in kept.read_text()
    app.close()
