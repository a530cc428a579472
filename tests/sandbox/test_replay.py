"""The sandbox answers every recorded request as the real 0.19.20 server did, to the last value."""

from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase

import pytest

from megabot.sandbox import ImageService, Sandbox
from tests.sandbox.clocks import StandingClock
from tests.sandbox.recordings import FOLDER, Facts, Recording, facts, recordings, with_order_of_moments
from tests.sandbox.replay import Outcome, Stage

# What is not compared: the recording, the path in it (`*` is anything, alone the whole exchange), and why.
# Moments are compared by their order within an answer; what of them is listed takes no part in that.
LEFT_OUT = {
    ("post-create-slur", "*"): "decision 36: accepted, for the filter was cached, probably; refused here",
    ("login-*", "json.jwt"): "a token is signed with the server's own secret; cut from the recording",
    ("*", "json.*public_key"): "nothing is signed here, so there is no key; cut from the recording",
    ("*", "json.site.*ed"): "the real site was set up in several steps before the first sign-up",
    ("site-*", "json.site_view.*ed"): "likewise",
    ("site-*", "json.site_view.*_at"): "likewise",
    ("site-as-bot", "json.my_user.*.last_donation_notification"): "a random day of the year before",
    ("mention*", "json.*.person_mention.published"): "written a moment after its comment; here in the same",
    ("replies-*", "json.*.comment_reply.published"): "likewise",
    ("logout", "headers.set-cookie"): "the sandbox gives browsers no cookie, so it takes none back",
}

ALL = recordings()
Outcomes = dict[str, Outcome]


@pytest.fixture(scope="module")
def outcomes() -> Iterator[Outcomes]:
    """Play everything once, in order, on one server; the recorded one had no image service."""
    clock = StandingClock()
    with Sandbox(clock, images=ImageService.DOWN) as sandbox:
        stage = Stage(sandbox, clock)
        yield {recording.name: stage.play(recording) for recording in ALL}
        assert sandbox.unknown_requests == ["GET /api/v3/no/such/route"]
        assert sandbox.crashes == []


def differences(
    recording: Recording, outcome: Outcome, left_out: Collection[tuple[str, str]]
) -> dict[str, tuple[object, object]]:
    """Give every path at which the real server and the sandbox said something else."""
    headers = {name: outcome.headers.get(name, "none") for name in recording.headers}
    patterns = [path for name, path in left_out if fnmatchcase(recording.name, name)]
    real = compared(recording.facts, patterns)
    ours = compared(facts(outcome.status, headers, outcome.json), patterns)
    return {
        path: (real.get(path, "absent"), ours.get(path, "absent"))
        for path in sorted(real.keys() | ours.keys())
        if real.get(path, "absent") != ours.get(path, "absent")
    }


def compared(spread: Facts, patterns: list[str]) -> Facts:
    kept = {p: fact for p, fact in spread.items() if not any(fnmatchcase(p, one) for one in patterns)}
    return with_order_of_moments(kept)


def test_the_recordings_are_there() -> None:
    assert len(ALL) == len({recording.name for recording in ALL}) == 131, f"expected them in {FOLDER}"


@pytest.mark.parametrize("recording", ALL, ids=lambda recording: recording.name)
def test_the_answer_is_the_recorded_one_but_for_what_is_listed(
    recording: Recording, outcomes: Outcomes
) -> None:
    assert differences(recording, outcomes[recording.name], LEFT_OUT) == {}


@pytest.mark.parametrize("left_out", LEFT_OUT, ids="/".join)
def test_everything_listed_is_still_needed(left_out: tuple[str, str], outcomes: Outcomes) -> None:
    without = LEFT_OUT.keys() - {left_out}

    different = [one.name for one in ALL if differences(one, outcomes[one.name], without)]
    assert different != [], f"needed no more: {LEFT_OUT[left_out]}"
