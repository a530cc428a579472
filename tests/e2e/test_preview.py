"""`megabot preview --output`: a page for people, and the workflows of docs/how-to/use-git.md that keep it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from lemmy_sandbox import Sandbox
from megabot.cli.group import cli
from tests.e2e.conftest import Megabot

ROOT = Path(__file__).parents[2]
CI = (ROOT / "docs/how-to/use-git.md").read_text(encoding="utf-8")
*WORKFLOWS, HOOK = re.findall(r"^```yaml\n(.*?)^```$", CI, re.MULTILINE | re.DOTALL)
USE = re.compile(r"^\s*(?:- )?(?:run: )?megabot ([a-z]+)(.*)$", re.MULTILINE)


def test_preview_writes_a_page_instead_of_text(megabot: Megabot, nobodys_home: Path) -> None:
    code, out, err = megabot("preview", "--output", "page.html", INSTANCE="", USERNAME="")

    html = (nobodys_home / "page.html").read_text(encoding="utf-8")
    assert (code, out) == (0, "page.html\n"), err
    assert "<summary>Maps</summary>" in html
    assert "Nothing special this week." in html


def test_a_page_is_written_where_a_template_cannot_be_rendered(megabot: Megabot, source: Path) -> None:
    template = source / "thread.md.j2"
    template.write_text(template.read_text() + "{{ nosuch }}\n")
    line = template.read_text().count("\n")

    code, _, err = megabot("preview", "--output", "page.html")

    assert code == 1
    assert f"thread.md.j2:{line}: nosuch is not defined" in err
    assert f"<code>thread.md.j2:{line}</code> nosuch is not defined" in Path("page.html").read_text()


def test_a_page_is_written_where_the_front_matter_is_broken(megabot: Megabot, source: Path) -> None:
    (source / "thread.md.j2").write_text("---\nname: news\ntitel: x\n---\nText.\n")

    code, _, err = megabot("preview", "--output", "page.html")

    assert code == 1
    assert "thread.md.j2:3: titel is not a setting" in err
    assert "<code>thread.md.j2:3</code> titel is not a setting" in Path("page.html").read_text()


def test_a_broken_thread_does_not_hide_the_others(megabot: Megabot, source: Path) -> None:
    other = (source / "thread.md.j2").read_text().replace("name: news", "name: other")
    (source / "other.md.j2").write_text(other + "{{ nosuch }}\n")

    code, _, _ = megabot("preview", "--output", "page.html")

    html = Path("page.html").read_text()
    assert code == 1
    assert '<article id="news"' in html
    assert '<article id="other"' in html


def test_the_page_of_one_thread_and_edition_shows_that(megabot: Megabot, source: Path) -> None:
    other = (source / "thread.md.j2").read_text().replace("name: news", "name: other")
    (source / "other.md.j2").write_text(other)

    code, _, err = megabot("preview", "news", "--edition", "2024-W30", "--output", "page.html")

    html = Path("page.html").read_text()
    assert code == 0, err
    assert "2024-W30, number" in html
    assert 'id="other"' not in html


def test_a_preamble_that_nobody_reads_is_a_warning_on_the_page(megabot: Megabot, source: Path) -> None:
    (source / "preambles/news/2024-W99.md").write_text("Never.\n")

    code, _, err = megabot("preview", "--output", "page.html")

    assert code == 0
    assert "preambles/news/2024-W99.md: " in err
    assert "<code>preambles/news/2024-W99.md</code>" in Path("page.html").read_text()


def test_a_file_that_cannot_be_read_is_a_problem_on_the_page(megabot: Megabot, source: Path) -> None:
    (source / "sections/20-bad.md").write_bytes(b"\xff\xfe")

    code, _, _ = megabot("preview", "--output", "page.html")

    assert code == 1
    assert Path("page.html").read_text().count("<code>sections/20-bad.md:1</code> the file is not UTF-8") == 1


def test_the_page_names_the_commit(megabot: Megabot, source: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@lemmy.example", "-C", str(source)]
    for step in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *step], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout

    megabot("preview", "--output", "page.html")

    assert f"from revision <code>{commit[:12]}</code>.</p>" in Path("page.html").read_text()


def test_the_page_links_what_was_posted_before(megabot: Megabot, sandbox: Sandbox) -> None:
    megabot("post")

    code, _, err = megabot("preview", "--output", "page.html")

    html = Path("page.html").read_text()
    assert code == 0, err
    assert 'href="https://lemmy.example/post/1"' in html
    assert "Comment in the previous thread" in html


def test_the_page_links_companions(megabot: Megabot, source: Path) -> None:
    front, _, body = (source / "thread.md.j2").read_text().rpartition("---\n")
    companions = 'companions: {atlas: {url: "https://atlas.example"}, other: {thread: news}}\n'
    said = (
        "[Atlas]({{ companions.atlas.url }}) {{ companions.other.title if companions.other else 'none' }}\n"
    )
    (source / "thread.md.j2").write_text(f"{front}{companions}---\n{said}{body}")

    code, _, err = megabot("preview", "--output", "page.html")

    assert code == 0, err
    assert (
        '<a href="https://atlas.example" rel="noopener nofollow">Atlas</a> none'
        in Path("page.html").read_text()
    )


def test_an_edition_that_is_none_is_told_and_makes_no_page(megabot: Megabot) -> None:
    code, _, err = megabot("preview", "--edition", "2024-W99", "--output", "page.html")

    assert code == 2
    assert "news: its schedule has no edition 2024-W99; write it like" in err
    assert not Path("page.html").exists()


def test_a_place_that_cannot_be_written_to_is_an_error_with_the_next_step(megabot: Megabot) -> None:
    code, _, err = megabot("preview", "--output", "no/such/folder.html")

    assert code == 1
    assert err == (
        "failed: cannot write no/such/folder.html: No such file or directory; choose another --output\n"
    )


def test_there_is_a_workflow_for_each_of_the_usual_hosts() -> None:
    assert len(WORKFLOWS) == CI.count("```yaml") - 1 == 3


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_workflow_checks_previews_and_keeps_the_page(workflow: str) -> None:
    assert isinstance(yaml.safe_load(workflow), dict)
    assert [(verb, rest.strip().replace("--format github", "")) for verb, rest in USE.findall(workflow)] == [
        ("check", ""),
        ("preview", "--diff --output preview.html"),
    ]


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_workflow_names_only_verbs_and_options_that_exist(workflow: str) -> None:
    context = click.Context(cli)
    for verb, rest in USE.findall(workflow):
        command = cli.get_command(context, verb)
        assert command is not None
        options = {name for parameter in command.get_params(context) for name in parameter.opts}
        assert {word for word in rest.split() if word.startswith("-")} <= options


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_workflow_does_its_work_in_a_repository_of_templates(
    workflow: str, megabot: Megabot, sandbox: Sandbox, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = dict(re.findall(r"^ +MEGABOT_(\w+): (\S+)$", workflow, re.MULTILINE))
    monkeypatch.chdir(source)
    for verb, rest in USE.findall(workflow):
        code, out, err = megabot(verb, *rest.split(), **{"USERNAME": "", **settings, "INSTANCE": sandbox.url})
        assert code == 0, out + err

    assert "Nothing special this week." in (source / "preview.html").read_text()


@pytest.mark.parametrize("workflow", WORKFLOWS[:2])
def test_a_workflow_of_actions_may_only_read_and_pins_what_it_uses(workflow: str) -> None:
    parsed = yaml.safe_load(workflow)
    uses = [step["uses"] for step in parsed["jobs"]["preview"]["steps"] if "uses" in step]

    assert parsed["permissions"] == {"contents": "read"}
    assert all(re.search(r"@[A-Z]+-COMMIT$", use) for use in uses)
    assert "secrets" not in workflow
    assert "pull_request_target" not in workflow


def test_the_hook_for_pre_commit_checks_the_repository_of_templates(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (used,) = yaml.safe_load(HOOK)["repos"][0]["hooks"]
    assert (used["id"], hook["language"], hook["pass_filenames"]) == (hook["id"], "python", False)
    program = [sys.executable, "-m", "megabot", "check"]
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for entry in (hook["entry"], used["entry"]):
        words = entry.removesuffix("megabot check").split()
        done = subprocess.run([*words, *program], cwd=source, capture_output=True, text=True, check=False)

        assert "the next 60 editions render" in done.stdout, done.stderr


def test_a_script_gets_the_editions_their_diff_and_what_is_wrong(megabot: Megabot, source: Path) -> None:
    megabot("post")
    (source / "preambles/news/_default.md").write_text("Another essay.\n")

    code, out, err = megabot("preview", "--diff", "--json")

    made = json.loads(out)
    (edition,) = made["editions"]
    assert (code, err, made["problems"]) == (0, "", [])
    assert (edition["thread"], edition["current"]) == ("news", "https://lemmy.example/post/1")
    assert "+Another essay." in edition["diff"]


def test_a_script_gets_the_problems_of_a_preview(megabot: Megabot, source: Path) -> None:
    template = source / "thread.md.j2"
    template.write_text(template.read_text().replace("preamble.text", "preambel.text"))

    code, out, _ = megabot("preview", "--json")

    (problem,) = json.loads(out)["problems"]
    assert (code, problem["path"], problem["line"]) == (1, "thread.md.j2", 7)
