"""Front matter read by a child: the same values as here, within limits, and not again and again."""

from megabot.source import thread_files, thread_reader
from megabot.source.model import Snapshot
from tests.templates import FRONT, source

# Lists in lists are what YAML takes longest for: this much is more than a second of it.
HEAVY = "---\na: [" + "[[x], [y]], " * 5_000 + "]\n---\n"


def test_a_child_reads_what_this_process_would() -> None:
    broken = FRONT.replace("Europe/London", "Europe/Lodnon").replace("name: news", "name: other")
    snapshot = Snapshot(files=source("Hello.") | {"broken.md.j2": broken})

    found = thread_reader.threads(snapshot)

    assert found == thread_files.threads(snapshot)
    assert [thread.name for thread in found[0]] == ["news"]
    assert [str(problem) for problem in found[1]] == [
        "broken.md.j2:4: schedule.timezone: there is no time zone Europe/Lodnon (did you mean Europe/London?)"
    ]


def test_every_zone_is_known_to_the_child() -> None:
    for zone in ("America/Argentina/Buenos_Aires", "Etc/GMT-1", "UTC"):
        threads, problems = thread_reader.threads(
            Snapshot(files={"thread.md.j2": FRONT.replace("Europe/London", zone)})
        )

        assert problems == ()
        assert threads[0].schedule.timezone == zone


def test_another_body_starts_no_child() -> None:
    before, _ = thread_reader.threads(Snapshot(files=source("Hello.")))

    after, _ = thread_reader.threads(Snapshot(files=source("Good morning.")))

    assert after is before


def test_front_matter_that_takes_too_long_is_named_and_ends_the_child_alone() -> None:
    heavy = {f"b{number:03}.md.j2": HEAVY for number in range(200)}

    threads, problems = thread_reader.threads(
        Snapshot(files=heavy | {"a.md.j2": FRONT + "Hello."}), cpu_seconds=1
    )

    assert [thread.path for thread in threads] == ["a.md.j2"]
    assert {problem.path for problem in problems} == heavy.keys()
    assert str(problems[-1]) == (
        "b199.md.j2:1: the front matter takes too long to read (make it shorter: move data to data/)"
    )
