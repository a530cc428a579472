"""The first files: what is asked, what is written, and that nothing of anybody's is touched."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path, PurePosixPath

import jinja2
import pytest
import yaml

from megabot import settings_sources
from megabot.cli import scaffold
from megabot.errors import NeedsPerson
from megabot.source.from_post import take_apart
from megabot.source.titles.title_dates import TitleRead

ANSWERS = scaffold.Answers(
    instance="https://lemmy.example",
    username="megabot",
    community="birds",
    weekday=0,
    at=time(9, 30),
    timezone="Europe/Berlin",
    name="walks",
)
SUNDAY = datetime(2026, 11, 15, 12, tzinfo=UTC)
FILES = scaffold.files(ANSWERS, now=SUNDAY)
THREAD = FILES[PurePosixPath("templates/thread.md.j2")]


def front_matter() -> dict[str, object]:
    values = yaml.safe_load(THREAD.split("---\n")[1])
    assert isinstance(values, dict)
    return values


def test_files_are_written_where_contributors_look_for_them() -> None:
    assert {str(path) for path in FILES} == {
        ".env",
        ".gitignore",
        "templates/thread.md.j2",
        "templates/preambles/walks/_default.md",
        "templates/sections/10-example.md",
    }


def test_the_template_holds_the_answers() -> None:
    front = front_matter()

    assert (front["name"], front["community"]) == ("walks", "birds")
    assert front["schedule"] == {
        "every": "week",
        True: "monday",  # YAML 1.1 takes "on" for a boolean; the source's own reader does not
        "at": "09:30",
        "timezone": "Europe/Berlin",
        "first": {"date": date(2026, 11, 9), "number": 1},
    }


def test_no_place_for_an_answer_is_left_open() -> None:
    assert [text for text in FILES.values() if "<<" in text] == []


def test_the_template_is_jinja_without_a_mistake() -> None:
    jinja2.Environment(autoescape=True, extensions=[]).parse(THREAD)


def test_the_settings_can_be_loaded(tmp_path: Path) -> None:
    scaffold.write(FILES, tmp_path)
    settings = settings_sources.load({}, env_file=None, cwd=tmp_path)

    assert (settings.instance, settings.username) == ("https://lemmy.example", "megabot")
    assert settings.source == tmp_path / "templates"
    assert settings.state_dir == tmp_path / "state", "each bot has its own"
    assert settings.missing_for_online() == []


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-16T08:29:59+00:00", date(2026, 11, 9)),  # 9:29:59 in Berlin
        ("2026-11-16T08:30:00+00:00", date(2026, 11, 16)),
        ("2026-11-17T00:00:00+00:00", date(2026, 11, 16)),
        ("2026-11-15T23:30:00+00:00", date(2026, 11, 9)),  # Monday already in Berlin
        ("2027-01-02T12:00:00+00:00", date(2026, 12, 28)),
    ],
)
def test_the_first_day_is_that_of_the_newest_slot(now: str, day: date) -> None:
    assert scaffold.first_day(ANSWERS, datetime.fromisoformat(now)) == day


@pytest.mark.parametrize(
    ("posted", "now", "first"),
    [
        ("2026-11-16", "2026-11-16T12:00:00+00:00", ("2026-11-16", 151)),
        ("2026-11-15", "2026-11-16T12:00:00+00:00", ("2026-11-16", 151)),  # a day early
        ("2026-11-18", "2026-11-18T12:00:00+00:00", ("2026-11-16", 151)),  # late
        ("2026-10-05", "2026-11-16T12:00:00+00:00", ("2026-10-05", 151)),  # of long ago
        ("2026-11-16", "2026-11-16T07:00:00+00:00", ("2026-11-23", 152)),  # its slot is still to come
        ("2026-11-14", "2026-11-14T12:00:00+00:00", ("2026-11-23", 152)),
    ],
)
def test_the_schedule_starts_with_the_existing_thread_unless_that_would_post_it_again(
    posted: str, now: str, first: tuple[str, int]
) -> None:
    """A thread that was posted on the morning before its slot was posted again at the slot."""
    title = TitleRead(title="News", posted=date.fromisoformat(posted), number=151)

    day, number = scaffold.first_of_thread(ANSWERS, take_apart(title, "x"), datetime.fromisoformat(now))

    assert (day.isoformat(), number) == first


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-16T07:00:00+00:00", "the next thread will be number 152, for Monday, 23 November 2026"),
        ("2026-11-16T12:00:00+00:00", "the next thread will be number 152, for Monday, 23 November 2026"),
        ("2026-12-01T12:00:00+00:00", "the next thread will be number 154, for Monday, 7 December 2026"),
    ],
)
def test_the_next_thread_is_named_with_its_number(now: str, said: str) -> None:
    title = TitleRead(title="News", posted=date(2026, 11, 16), number=151)

    assert scaffold.changes(ANSWERS, take_apart(title, "x"), datetime.fromisoformat(now)) == (said,)


@pytest.mark.parametrize(
    ("check", "text", "value"),
    [
        (scaffold.instance, " https://Lemmy.Example/c/birds ", "https://lemmy.example"),
        (scaffold.instance, "lemmy.example", "https://lemmy.example"),
        (scaffold.instance, "http://localhost:8536/", "http://localhost:8536"),
        (scaffold.community, "!birds@Other.Example", "birds@other.example"),
        (scaffold.community, "birds", "birds"),
        (scaffold.username, "@megabot", "megabot"),
        (scaffold.weekday, "Monday", 0),
        (scaffold.weekday, "sun", 6),
        (scaffold.hour, "9:05", time(9, 5)),
        (scaffold.hour, "23:59", time(23, 59)),
        (scaffold.hour, "18", time(18)),
        (scaffold.hour, "6pm", time(18)),
        (scaffold.thread_name, " news-2 ", "news-2"),
        (scaffold.timezone, "europe/berlin", "Europe/Berlin"),
        (scaffold.timezone, "America/New York", "America/New_York"),
    ],
)
def test_answers_are_taken_as_people_write_them(
    check: Callable[[str], object], text: str, value: object
) -> None:
    assert check(text) == value


@pytest.mark.parametrize(
    ("check", "text", "hint"),
    [
        (scaffold.instance, "http://lemmy.example", "https://"),
        (scaffold.instance, "https://", "lemmy.example"),
        (scaffold.instance, "https://robin:1234@lemmy.example", "password"),
        (scaffold.community, "c/birds", "name@host"),
        (scaffold.community, "birds@", "name@host"),
        (scaffold.username, "megabot@lemmy.example", "without @host"),
        (scaffold.weekday, "mo", "like monday"),
        (scaffold.weekday, "someday", "like monday"),
        (scaffold.hour, "24:00", "18:00 or 6pm"),
        (scaffold.hour, "teatime", "18:00 or 6pm"),
        (scaffold.thread_name, "My news", "a-z"),
        (scaffold.timezone, "Berlin", "did you mean Europe/Berlin"),
        (scaffold.timezone, "Europe/Lodnon", "did you mean Europe/London"),
        (scaffold.timezone, "xyz", "like Europe/London"),
        (scaffold.timezone, "GMT+1", "write a region: Europe/Berlin"),
        (scaffold.timezone, "BST", "write a region: Europe/London"),
        (scaffold.timezone, "EST", "write a region: America/New_York"),
    ],
)
def test_wrong_answers_are_met_with_a_right_one(check: Callable[[str], object], text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        check(text)


def test_the_settings_are_nobody_elses_to_read(tmp_path: Path) -> None:
    scaffold.write(FILES, tmp_path / "new")

    assert (tmp_path / "new/.env").stat().st_mode & 0o077 == 0


def test_everything_that_is_there_already_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / ".env").write_text("MEGABOT_USERNAME=mine\n")
    (tmp_path / "templates/thread.md.j2").write_text("mine")

    with pytest.raises(NeedsPerson, match=r"\.env, templates/thread\.md\.j2"):
        scaffold.write(FILES, tmp_path)
    assert (tmp_path / ".env").read_text() == "MEGABOT_USERNAME=mine\n"
    assert [path.name for path in (tmp_path / "templates").iterdir()] == ["thread.md.j2"]


def test_what_stands_in_the_way_is_found_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "clone/templates/sections").mkdir(parents=True)
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot/.env").touch()
    (tmp_path / "file").touch()
    (tmp_path / "empty/templates").mkdir(parents=True)

    said = {name: scaffold.obstacle(tmp_path / name) for name in ("clone", "bot", "file", "empty", "new/one")}

    assert "already contains templates/, and megabot init overwrites nothing" in said["clone"]
    assert "already contains .env, and megabot init overwrites nothing" in said["bot"]
    assert "is a file, not a folder" in said["file"]
    assert (said["empty"], said["new/one"]) == ("", "")


def test_the_folder_that_is_offered_is_free(tmp_path: Path) -> None:
    (tmp_path / "my-bot/templates/sections").mkdir(parents=True)

    assert scaffold.free_name(tmp_path / "my-bot") == tmp_path / "my-bot-2"


def test_a_failure_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/sections").write_text("a file where a folder must go")

    with pytest.raises(NeedsPerson, match="nothing was written"):
        scaffold.write(FILES, tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["sections", "templates"]
