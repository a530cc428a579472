"""What people get wrong: one clear line with the next step, the exit code of the design, nothing posted."""

from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from lemmy_sandbox.user_client import User
from tests.e2e.conftest import Megabot


def nothing_was_posted(sandbox: Sandbox) -> bool:
    return not User(sandbox.url).get("post/list", community_name="news", type_="All")["posts"]


@pytest.mark.parametrize(
    ("changed", "code", "line"),
    [
        ({"INSTANCE": ""}, 2, "MEGABOT_INSTANCE is not set"),
        ({"INSTANCE": "http://lemmy.example"}, 2, "write https://"),
        ({"INSTANCE": "lemmy example"}, 2, "MEGABOT_INSTANCE"),
        ({"PASSWORD": "wrong"}, 1, "Wrong user name or password"),
        ({"PASSWORD": ""}, 1, "megabot login"),
        ({"COMMUNITY": ""}, 2, "no community is set; set MEGABOT_COMMUNITY"),
        ({"COMMUNITY": "nosuch"}, 1, "the community nosuch does not exist"),
        ({"SOURCE": "nowhere"}, 1, "set MEGABOT_SOURCE to the folder with thread.md.j2"),
        ({"PASWORD": "x"}, 2, "did you mean MEGABOT_PASSWORD?"),
        ({"TICK": "soon"}, 2, "write whole seconds"),
    ],
)
def test_settings_that_are_missing_or_wrong(
    megabot: Megabot, sandbox: Sandbox, changed: dict[str, str], code: int, line: str
) -> None:
    given, out, err = megabot("post", **changed)

    assert (given, out) == (code, "")
    assert [said for said in err.splitlines() if line in said], err
    assert nothing_was_posted(sandbox)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("---\nname", "---\n\tname", "thread.md.j2:2: the line starts with a tab"),
        ('title: "News', "title: @News", "thread.md.j2:3:"),
        ('title: "News {{ edition.number }}"', "title: News #1", "thread.md.j2:3: the text after"),
        ("{{ preamble.text }}", "{{ preambel.text }}", "thread.md.j2:7: preambel is not defined"),
        ("{{ preamble.text }}", "{{ edition.nmuber }}", "did you mean number?"),
        ("{{ preamble.text }}", "{% if %}", "thread.md.j2:7:"),
        ("{{ preamble.text }}", "{{ 'x' * 60000 }}", "the text has"),
        ('"News {{ edition.number }}"', "\"{{ 'x' * 201 }}\"", "Lemmy accepts 3 to 200"),
        ("{{ preamble.text }}", "@somebody@lemmy.example", "the mention"),
        ("{{ preamble.text }}", "::: spoiler Open", "the spoiler is not closed before the next one starts"),
    ],
)
def test_a_template_with_a_mistake(
    megabot: Megabot, sandbox: Sandbox, source: Path, old: str, new: str, line: str
) -> None:
    """T05."""
    template = source / "thread.md.j2"
    text = template.read_text()
    assert old in text
    template.write_text(text.replace(old, new))

    code, _, err = megabot("post")

    assert code == 1
    assert line in err
    assert nothing_was_posted(sandbox)


def test_a_source_that_is_not_utf_8(megabot: Megabot, sandbox: Sandbox, source: Path) -> None:
    (source / "sections" / "10-maps.md").write_bytes("---\ntitle: Caf\xe9\n---\n- x\n".encode("latin-1"))

    code, _, err = megabot("post")

    assert (code, nothing_was_posted(sandbox)) == (1, True)
    assert "sections/10-maps.md:2: the file is not UTF-8" in err


def test_a_preamble_that_no_edition_will_use_is_a_warning(megabot: Megabot, source: Path) -> None:
    (source / "preambles" / "news" / "2026-W60.md").write_text("Words.")

    code, out, _ = megabot("check")

    assert code == 0
    assert "preambles/news/2026-W60.md: 2026-W60 is not a posting date of news (" in out


def test_an_account_that_is_no_moderator_is_told_how_to_become_one(
    megabot: Megabot, sandbox: Sandbox
) -> None:
    """G03."""
    sandbox.add_person("newcomer")

    code, out, _ = megabot("check", "--online", USERNAME="newcomer")

    assert code == 1
    assert "A moderator can appoint it" in out
    assert 'open the menu of any post or comment by the bot and choose "appoint as mod"' in out


def test_a_verb_that_does_not_exist_names_the_nearest(megabot: Megabot) -> None:
    code, _, err = megabot("psot")

    assert code == 2
    assert "did you mean post?" in err


def test_a_thread_that_does_not_exist_names_those_there_are(megabot: Megabot) -> None:
    code, _, err = megabot("post", "nwes")

    assert code == 2
    assert "the source has: news" in err


def test_credentials_refused_for_good_are_not_tried_again(megabot: Megabot, sandbox: Sandbox) -> None:
    megabot("post", PASSWORD="wrong")
    sandbox.forget_requests()

    code, _, err = megabot("post", PASSWORD="wrong")

    assert code == 1
    assert "credentials were already rejected" in err
    assert not [request for request in sandbox.requests if request.path.endswith("/login")]


def test_no_secret_is_shown_even_at_debug_level(megabot: Megabot) -> None:
    _, out, err = megabot("--verbose", "post", PASSWORD="canary-in-a-cage")

    assert "canary-in-a-cage" not in out + err


def test_a_line_that_cuts_the_password_is_warned_of_by_every_verb(
    megabot: Megabot, nobodys_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = nobodys_home / ".env"
    file.write_text("MEGABOT_PASSWORD=correct horse #battery\nmegabot_tick=7\n")
    file.chmod(0o600)
    monkeypatch.delenv("MEGABOT_PASSWORD", raising=False)

    code, _, err = megabot("status", PASSWORD="correct horse")

    assert code == 0
    assert f"WARNING {file}:1: the value of MEGABOT_PASSWORD ends before the #" in err
    assert f"WARNING {file}:2: megabot_tick is ignored" in err
    assert "battery" not in err
