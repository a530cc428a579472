"""The sandbox answers every recorded request as the real 0.19.20 server did."""

from collections.abc import Iterator

import pytest

from megabot.sandbox import Sandbox
from tests.sandbox.clocks import StandingClock
from tests.sandbox.recordings import FOLDER, Recording, comparable, recordings, shape
from tests.sandbox.replay import Outcome, Stage

# Recordings that the sandbox is not to follow, each with its reason.
NOT_MODELLED = {
    "post-create-slur": "a slur in a title is refused: the filter was cached, probably (decision 36)",
}
# Recordings whose answers differ in values that no client reads, each with its reason; the shapes are equal.
OTHER_VALUES: dict[str, str] = {}

ALL = recordings()
MODELLED = [recording for recording in ALL if recording.name not in NOT_MODELLED]


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[int, Outcome]]:
    """Play everything once, in order, on one server."""
    clock = StandingClock()
    with Sandbox(clock) as sandbox:
        stage = Stage(sandbox, clock)
        yield {recording.number: stage.play(recording) for recording in ALL}
        assert sandbox.unknown_requests == ["GET /api/v3/no/such/route"]
        assert sandbox.crashes == []


def test_the_recordings_are_there() -> None:
    assert len(ALL) == 131, f"expected the recordings in {FOLDER}"


@pytest.mark.parametrize("recording", MODELLED, ids=lambda recording: recording.name)
def test_the_answer_has_the_recorded_status_error_and_shape(
    recording: Recording, outcomes: dict[int, Outcome]
) -> None:
    outcome, expected = outcomes[recording.number], recording.response

    assert outcome.status == expected["status"], outcome.text[:300]
    assert shape(outcome.json) == shape(expected.get("json"))
    if outcome.status != 200:
        assert outcome.json == expected.get("json")


@pytest.mark.parametrize("recording", MODELLED, ids=lambda recording: recording.name)
def test_the_answer_has_the_recorded_values(recording: Recording, outcomes: dict[int, Outcome]) -> None:
    same = comparable(outcomes[recording.number].json) == comparable(recording.response.get("json"))

    assert same is (recording.name not in OTHER_VALUES)


@pytest.mark.parametrize("recording", MODELLED, ids=lambda recording: recording.name)
def test_the_answer_has_the_recorded_headers(recording: Recording, outcomes: dict[int, Outcome]) -> None:
    expected = recording.response.get("headers", {})
    ours = outcomes[recording.number].headers

    for name in ("cache-control", "content-type", "vary"):
        assert name not in expected or ours.get(name) == expected[name]


def test_every_exception_is_a_recording_and_is_still_needed(outcomes: dict[int, Outcome]) -> None:
    listed = {recording.name: recording for recording in ALL if recording.name in NOT_MODELLED}

    assert set(NOT_MODELLED) | set(OTHER_VALUES) <= {recording.name for recording in ALL}
    for recording in listed.values():
        assert outcomes[recording.number].status != recording.response["status"]
