"""docs/how-to: every example is read or rendered; the pages agree with the program and with each other."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import megabot.__main__ as main_module
from megabot.cli import accounts_process
from megabot.cli.help import help_page
from megabot.commands import reply_text
from megabot.commands.arguments import words_of
from megabot.commands.model import Command, Handle, Verb
from megabot.commands.parser import parse
from megabot.database_url import is_valid
from megabot.forum.models import PostLimit
from megabot.forum.notices import Origin
from megabot.i18n.tables import EXIT_CODES
from megabot.i18n.translation import _, language_used
from megabot.ledger.postgres import errors as postgres_errors
from megabot.ledger.postgres.shared_database import CONNECTIONS, OLDEST
from megabot.reconcile import describe
from megabot.reconcile.post_limit import DueSlot, late_posts, limited_wait
from megabot.rendering.model import CompanionFacts, Rendered
from megabot.service.accounts.turns import LIMITS, STUCK_AFTER
from megabot.service.metrics import Metrics, exposition
from megabot.settings_sources import SYSTEM_ACCOUNTS, accounts_state, load_account
from megabot.source.thread_files import parse_thread
from tests.templates import CONTEXT, FRONT, body_of, render, source

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs/how-to"
MARKDOWN = re.compile(r"^```markdown\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JINJA = re.compile(r"^```jinja\n(.*?)^```$", re.MULTILINE | re.DOTALL)
YAML = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEXT = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    return (HOW_TO / f"{name}.md").read_text(encoding="utf-8")


def test_a_crash_loop_is_told_the_same_by_the_unit_and_by_both_pages() -> None:
    unit = (ROOT / "systemd/megabot.service").read_text("utf-8")
    faults = (ROOT / "docs/faults.md").read_text("utf-8")
    minutes = re.findall(r"^RestartSec=(\d+)min$", unit, re.MULTILINE)

    assert re.findall(r"^\| R13 \|.* (\d+) minutes later", faults, re.MULTILINE) == minutes
    assert re.findall(r"again (\d+) minutes after a crash", page("recover")) == minutes
    assert "`systemctl reload`" in next(line for line in faults.splitlines() if line.startswith("| G06 |"))


def test_the_exit_codes_are_the_same_in_the_program_its_help_and_the_page() -> None:
    scripts = (ROOT / "docs/reference/exit-codes.md").read_text("utf-8")
    on_page = {int(code) for code in re.findall(r"^\| (\d+) \|", scripts, re.MULTILINE)}
    in_help = {int(code) for code in re.findall(r"\b(\d+) [a-z]", help_page().partition("Exit codes:")[2])}

    assert (
        on_page
        == in_help
        == {
            *EXIT_CODES.values(),
            main_module.A_BUG,
            main_module.OFFLINE,
            main_module.INTERRUPTED,
        }
    )
    assert "with 130 on Ctrl-C" in scripts


def test_each_form_of_a_command_that_help_names_is_on_the_page_of_commands() -> None:
    commands = " ".join((ROOT / "docs/reference/commands.md").read_text("utf-8").split())
    forms = {form for said in reply_text.VERBS.values() for form in re.findall(r"`([^`]+)`", said)}

    assert {form for form in forms if f"`{form}`" not in commands and f" {form}`" not in commands} == set()


def test_each_metric_is_named() -> None:
    now = datetime(2026, 11, 16, tzinfo=UTC)
    snapshot = Metrics(
        version="1",
        measured=now,
        verified=now,
        verified_passes=1,
        failed_passes=1,
        slots={"news": now},
        unknown={"news": 1},
        alerts=1,
        token_issued=now,
    )
    names = set(re.findall(r"^# TYPE (\w+)", exposition(snapshot), re.MULTILINE))

    assert {name for name in names if f"`{name}" not in page("monitor")} == set()


# -- docs/how-to/write-the-essay.md and edit-the-directory.md


def test_the_essays_are_rendered_as_written() -> None:
    essay, with_image = MARKDOWN.findall(page("write-the-essay"))
    made = render(
        source("{{ preamble }} By {{ preamble.author }}", more={"preambles/news/2026-W26.md": essay})
    )
    image = render(source("{{ preamble }}", more={"preambles/news/2026-W26.md": with_image}))

    assert isinstance(made, Rendered), made
    assert made.body.endswith("Which ones do you use? By Robin")
    assert isinstance(image, Rendered), image
    assert image.url == "https://pictures.example/kite.png"


def test_the_sections_become_spoilers_with_their_warnings() -> None:
    plain, warned, partly = MARKDOWN.findall(page("edit-the-directory"))
    files = {"sections/60-bridges.md": plain, "sections/70-heights.md": warned, "sections/80-p.md": partly}

    made = render(source("{{ sections() }}", more=files))

    assert isinstance(made, Rendered), made
    assert made.warnings == ()
    assert "::: spoiler Bridges\nWhat is open" in made.body
    assert "::: spoiler Bridges (CW: heights)\n" in made.body
    assert "**Night photos (CW: flashing lights)**" in made.body


def test_the_spoiler_of_a_template_and_the_data_file_are_right() -> None:
    (block,) = JINJA.findall(page("edit-the-directory"))
    (data,) = YAML.findall(page("edit-the-directory"))
    events = (
        "{% for event in data.calendar %}{{ event.what }}, {{ event.when }}, {{ event.where }}{% endfor %}"
    )

    assert body_of(block).startswith("::: spoiler Storm pictures (CW: damage)\n- The pier")
    assert body_of(events, more={"data/calendar.yaml": data}) == "Market, Saturday, 10:00, on the square"


# -- docs/how-to/several-threads.md


def test_the_second_thread_and_the_link_to_it_have_no_mistake() -> None:
    text, link = JINJA.findall(page("several-threads"))
    (companions,) = YAML.findall(page("several-threads"))
    section = {"sections/10-films.md": "---\ntitle: Films\n---\n- one\n"}
    there = replace(CONTEXT, companions={"film": CompanionFacts(url="https://lemmy.example/post/9")})
    made = render({**source("", more=section), "thread.md.j2": text})
    front = "".join(line for line in FRONT.splitlines(keepends=True) if not line.startswith("companions:"))
    thread, problems = parse_thread("thread.md.j2", front.removesuffix("---\n") + companions + "---\n" + link)

    assert isinstance(made, Rendered), made
    assert made.title == "Film club, 22 June"
    assert problems == ()
    assert thread is not None
    assert [companion.name for companion in thread.companions] == ["film"]
    assert body_of(link, there) == "This fortnight's [film club](https://lemmy.example/post/9) is open."


@pytest.mark.parametrize("at_once", [False, True], ids=["0.19", "1.0"])
def test_40_threads_at_noon_are_posted_as_the_page_says(*, at_once: bool) -> None:
    (example,) = TEXT.findall(page("several-threads"))
    noon = datetime(2026, 12, 7, 12, tzinfo=UTC)
    due = [
        DueSlot(thread=f"t{number}", edition="2026-W50", at=noon, timezone="Europe/London")
        for number in range(40)
    ]

    (late,) = late_posts(due, PostLimit(posts=6, seconds=600, at_once=at_once))

    assert describe.posts_late(late, noon) == " ".join(example.split())


def test_the_waits_on_a_rate_limit_are_the_same_in_the_program_and_on_its_pages() -> None:
    waits = [limited_wait(passes) // timedelta(minutes=1) for passes in (1, 2, 3, 4)]
    words = r"after (\d+) minutes,(?: the one after that)? (\d+) minutes later, and then (?:one )?every (\d+)"
    names = ("how-to/several-threads.md", "explanation/pass.md", "faults.md", "decisions.md")
    pages = [" ".join((ROOT / "docs" / name).read_text("utf-8").split()) for name in names]

    assert waits == [2, 8, 10, 10]
    assert [re.findall(words, text) for text in pages] == [[("2", "8", "10")]] * 4


# -- docs/how-to/moderator-commands.md

BOT = Handle("megabot", "lemmy.example")
UNLISTED = {Verb.CONFIRM}
"""`yes CODE` is explained where the bot asks for it."""


def examples() -> list[str]:
    """Return the first column of every table of the page of commands, a code span each."""
    rows = re.findall(r"^\| (`.+?) \|", page("moderator-commands"), re.MULTILINE)
    return [re.findall(r"`([^`]+)`", row)[0] for row in rows]


def read(text: str, origin: Origin) -> Command:
    said = f"{text}\n\nSome words." if text.startswith("preamble") and "clear" not in text else text
    line = f"@megabot@lemmy.example {said}" if origin is Origin.COMMENT else said
    command = parse(line, origin=origin, bot=BOT, threads=["news"])
    assert isinstance(command, Command), text
    return command


@pytest.mark.parametrize("example", examples())
def test_each_example_for_moderators_is_a_command(example: str) -> None:
    assert read(example, Origin.MESSAGE).verb.value == example.split(maxsplit=1)[0]


@pytest.mark.parametrize("example", [text for text in examples() if not text.startswith("preamble")])
def test_each_example_can_be_written_as_a_comment(example: str) -> None:
    assert read(example, Origin.COMMENT) == read(example, Origin.MESSAGE)


def test_the_page_for_moderators_has_every_verb_and_every_word() -> None:
    commands = [read(text, Origin.MESSAGE) for text in examples()]

    assert {command.verb for command in commands} == set(Verb) - UNLISTED
    assert {(command.verb, command.word) for command in commands if command.word} == {
        (verb, word) for verb in Verb for word in words_of(verb)
    }
    assert "`yes CODE`" in page("moderator-commands")


def test_the_essay_by_message_is_a_command_on_both_pages() -> None:
    for name in ("moderator-commands", "write-the-essay"):
        (text,) = [block for block in TEXT.findall(page(name)) if block.startswith("preamble")]

        command = parse(text, origin=Origin.MESSAGE, bot=BOT, threads=["news"])

        assert isinstance(command, Command)
        assert (command.verb, command.edition) == (Verb.PREAMBLE, "2026-W50")
        assert command.text.startswith("The tide tables")


# -- docs/how-to/translate.md


def test_a_translation_that_is_begun_from_the_template_is_spoken(tmp_path: Path) -> None:
    (template,) = re.findall(r"Take `(\S+\.pot)`", page("translate"))
    (compiled,) = re.findall(r"`FOLDER/LANGUAGE/(\S+\.mo)`", page("translate"))
    with (ROOT / template).open("rb") as opened:
        catalog = read_po(opened, abort_invalid=True)
    catalog["Added to the highlights."].string = "Ajouté à la sélection."
    target = tmp_path / "fr" / compiled
    target.parent.mkdir(parents=True)
    with target.open("wb") as opened:
        write_mo(opened, catalog)

    with language_used("fr", tmp_path):
        said = (_("Added to the highlights."), _("that comment was deleted or removed"))

    assert catalog.charset == "utf-8"
    assert said == ("Ajouté à la sélection.", "that comment was deleted or removed")


# -- docs/how-to/several-bots.md


def test_the_page_about_many_accounts_has_the_limits_of_the_program() -> None:
    text = " ".join(page("several-bots").split())

    assert f"scans the folder every {accounts_process.SCAN} seconds" in text
    assert f"At most {LIMITS.quick} turns run at once" in text
    assert f"also with {LIMITS.slow} places" in text
    assert f"took more than {LIMITS.slow_after:.0f} seconds" in text
    assert f"nothing has happened in their pool for {STUCK_AFTER:.0f} seconds" in text
    assert LIMITS.server_share * 2 == LIMITS.quick


def test_the_example_of_an_account_can_be_used(tmp_path: Path) -> None:
    (example,) = TEXT.findall(page("several-bots"))
    file = tmp_path / "books.env"
    file.write_text(example)

    settings = load_account(file, {}, warn=pytest.fail)
    assert settings.missing_for_online(needs_community=True) == []


def test_the_paths_of_many_accounts_are_those_of_the_unit_and_of_the_commands() -> None:
    text = page("several-bots")

    assert f"{SYSTEM_ACCOUNTS}/books.env" in text
    assert f"{accounts_state(SYSTEM_ACCOUNTS, {})}/books" in text


# -- docs/how-to/use-postgresql.md


def test_each_error_of_the_database_on_the_page_is_one_that_the_program_reports() -> None:
    folder = ROOT / "megabot/ledger/postgres"
    modules = [(folder / f"{name}.py").read_text("utf-8") for name in ("errors", "shared_database")]
    # Sentences as they are, although the code wraps them.
    sentences = re.sub(r'"\s+f?"', "", " ".join(modules))
    rows = re.findall(r"^\| `(.+?)` \|", page("use-postgresql"), re.MULTILINE)

    assert len(rows) == 14
    assert [row for row in rows if row not in sentences] == []


def test_each_step_that_the_database_asks_for_is_on_the_page() -> None:
    rare = {"3D000", "28000", "25P03"}  # with a next step that needs no explanation

    missing = {
        code for code, step in postgres_errors.NEXT_STEPS.items() if step not in page("use-postgresql")
    }
    assert missing == rare


def test_the_addresses_of_databases_on_the_page_are_valid() -> None:
    addresses = re.findall(r"^MEGABOT_DATABASE_URL=(.+)$", page("use-postgresql"), re.MULTILINE)

    assert [is_valid(address) for address in addresses] == [True, True]
    assert f"PostgreSQL {OLDEST} or newer" in page("use-postgresql")
    assert f"up to {CONNECTIONS} connections" in page("use-postgresql")
