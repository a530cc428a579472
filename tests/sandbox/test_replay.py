"""The sandbox answers every recorded request as the real servers did, to the last value."""

from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase

import pytest

from lemmy_sandbox import ImageService, Sandbox
from tests.sandbox.clocks import StandingClock
from tests.sandbox.recordings import FOLDER, Facts, Recording, facts, recordings, with_order_of_moments
from tests.sandbox.replay import Outcome, Stage
from tests.sandbox.replays import V3, V4, Replay

REPLAYS = {replay.version: replay for replay in (V3, V4)}
ALL = [(version, one) for version in REPLAYS for one in recordings(version)]
LISTED = [(version, name) for version, one in REPLAYS.items() for name in (*one.left_out, *one.opaque)]
Outcomes = Mapping[tuple[str, int], Outcome]


@pytest.fixture(scope="module")
def outcomes() -> Outcomes:
    """Play everything once, in order, on one server a version; the recorded ones had no image service."""
    return {(replay.version, number): one for replay in REPLAYS.values() for number, one in _played(replay)}


def _played(replay: Replay) -> Iterator[tuple[int, Outcome]]:
    clock = StandingClock()
    with Sandbox(clock, images=ImageService.DOWN, api=replay.api) as sandbox:
        stage = Stage(sandbox, clock, replay.setups)
        yield from [(one.number, stage.play(one)) for one in recordings(replay.version)]
        assert sandbox.unknown_requests == list(replay.unknown)
        assert sandbox.crashes == []


def differences(
    recording: Recording, outcome: Outcome, replay: Replay, listed: Collection[tuple[str, str]]
) -> dict[str, tuple[object, object]]:
    """Give every path at which the real server and the sandbox said something else."""
    headers = {name: outcome.headers.get(name, "none") for name in recording.headers}
    mine = {one for one in listed if fnmatchcase(recording.name, one[0])}
    left_out = [path for name, path in replay.left_out.keys() & mine]
    opaque = [path for name, path in replay.opaque.keys() & mine]
    real = compared(recording.facts, left_out, opaque)
    ours = compared(facts(outcome.status, headers, outcome.json), left_out, opaque)
    return {
        path: (real.get(path, "absent"), ours.get(path, "absent"))
        for path in sorted(real.keys() | ours.keys())
        if real.get(path, "absent") != ours.get(path, "absent")
    }


def compared(spread: Facts, left_out: list[str], opaque: list[str]) -> Facts:
    kept = {path: fact for path, fact in spread.items() if not _is_one_of(path, left_out)}
    hidden = {path: "something" for path in kept if _is_one_of(path, opaque)}
    return with_order_of_moments(kept | hidden)


def _is_one_of(path: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(path, one) for one in patterns)


@pytest.mark.parametrize("replay", REPLAYS.values(), ids=REPLAYS)
def test_the_recordings_are_there(replay: Replay) -> None:
    assert len(recordings(replay.version)) == replay.exchanges, f"expected them in {FOLDER}"


@pytest.mark.parametrize(
    ("version", "recording"), ALL, ids=[f"{version}-{one.number}-{one.name}" for version, one in ALL]
)
def test_the_answer_is_the_recorded_one_but_for_what_is_listed(
    version: str, recording: Recording, outcomes: Outcomes
) -> None:
    replay = REPLAYS[version]
    listed = {*replay.left_out, *replay.opaque}

    assert differences(recording, outcomes[version, recording.number], replay, listed) == {}


@pytest.mark.parametrize(
    ("version", "name"), LISTED, ids=[f"{version}-{'/'.join(name)}" for version, name in LISTED]
)
def test_everything_listed_is_still_needed(version: str, name: tuple[str, str], outcomes: Outcomes) -> None:
    replay = REPLAYS[version]
    without = {*replay.left_out, *replay.opaque} - {name}

    answered = ((one, outcomes[version, one.number]) for one in recordings(version))
    assert any(differences(one, outcome, replay, without) for one, outcome in answered), "needed no more"


def test_a_1_0_has_the_languages_of_the_recorded_one(outcomes: Outcomes) -> None:
    site = next(one for one in recordings(V4.version) if one.name == "site-anonymous")
    real = {language["id"]: language for language in site.response["json"]["all_languages"]}

    answer = outcomes[V4.version, site.number].json
    assert {language["id"]: language for language in answer["all_languages"]} == real
