"""Mutants of what a Lemmy 1.0 and an upgrade to it ask for."""

from megabot.commands import inbox
from megabot.errors import ForumError, Refused
from megabot.forum.models import PinEvent
from megabot.forum.notices import Notice
from megabot.lemmy import calls, responses
from megabot.lemmy.calls import Operation
from megabot.lemmy.client import LemmyClient
from megabot.lemmy.paging import PAGE, Page
from megabot.lemmy.responses import Call
from megabot.lemmy.v4 import inbox as v4_inbox
from megabot.lemmy.v4.dialect import DialectV4
from megabot.lemmy.v4.parse import list_reader
from megabot.reconcile import act, evidence, listing
from megabot.reconcile.content import idempotency
from tests.mutants.change import call, condition, operand, without_step
from tests.mutants.mutant import Mutant

FOUND_OUT = "tests/scenes/test_lemmy_upgrade.py"
PROXY = "tests/scenes/test_faultproxy.py"
AUTHORITY = "tests/scenes/test_commands_authority.py"
COMMANDS = "tests/scenes/test_commands_by_comment.py"
UNDO = "tests/scenes/test_undo.py"
ON_1_0 = "tests/scenes/test_on_1_0.py"
TWO_BOTS = "tests/scenes/test_two_bots.py"


def a_422_is_a_no(status: int, code: str, call: Call) -> ForumError | None:
    return Refused("The server said no.", code="no") if status == 422 else responses._refusal(code, call)


def mentions_alone() -> Operation[Page[Notice]]:
    return Operation.get(v4_inbox._LIST, list_reader(v4_inbox.notice), type_="mention", limit=PAGE)


def by_the_post_alone(
    self: LemmyClient, operation: Operation[Page[PinEvent]], post_id: int
) -> Page[PinEvent]:
    return self._calls.signed_in(operation, post_id=post_id)


GENERATIONS = (
    Mutant(
        name="a token is had over the API that an upgraded server keeps out of courtesy",
        changes=(condition(calls.Calls._stay, 1, gives=False),),
        caught_by=(f"{FOUND_OUT}::test_a_sign_in_over_v3_finds_out_first_that_the_server_was_upgraded",),
    ),
    Mutant(
        name="an answer of 422 without a word is a no",
        changes=(call(responses.failure, responses._refusal, gives=a_422_is_a_no),),
        caught_by=(
            f"{PROXY}::test_a_post_that_was_made_is_of_unknown_outcome_and_not_made_again",
            f"{PROXY}::test_a_post_that_never_got_there_is_of_unknown_outcome",
        ),
    ),
    Mutant(
        name="each attempt to post has the same key",
        changes=(call(act._key, idempotency.attempt_number, gives=1),),
        caught_by=(
            f"{TWO_BOTS}::test_after_a_limit_the_next_attempt_has_another_key[v4]",
            f"{TWO_BOTS}::test_after_a_refusal_the_next_attempt_has_another_key[v4]",
        ),
    ),
    Mutant(
        name="the key of a post is random",
        changes=(operand(DialectV4.send, 1, 1, gives=False),),
        caught_by=(
            f"{TWO_BOTS}::test_on_1_0_two_hosts_that_post_at_once_make_one_post_in_each_slot[v4]",
            "tests/contract/test_forum.py::test_a_key_makes_one_post_and_one_comment_except_on_0_19[v4]",
        ),
    ),
    Mutant(
        name="on 1.0 mentions alone are listed",
        changes=(call(v4_inbox.list_new, Operation.get, gives=mentions_alone),),
        caught_by=(
            f"{COMMANDS}::test_a_moderator_has_a_fresh_copy_made[v4]",
            f"{COMMANDS}::test_an_answer_to_the_bot_needs_no_mention[v4]",
        ),
    ),
    Mutant(
        name="each edit of a comment is heard as another command",
        changes=(condition(inbox.Inbox._list, 1, gives=True),),
        caught_by=(f"{AUTHORITY}::test_a_command_that_is_saved_again_is_obeyed_once[v4]",),
    ),
    Mutant(
        name="1.0's mod log is asked by the post alone, and tells no name",
        changes=(call(LemmyClient.pin_events, calls.Calls.signed_in, gives=by_the_post_alone),),
        caught_by=(f"{UNDO}::test_the_post_that_was_replaced_is_pinned_again_the_copy_locked[v4-lost]",),
    ),
    Mutant(
        name="of a removed post without its text nothing is asked",
        changes=(condition(evidence._hidden, 3, gives=False),),
        caught_by=(f"{ON_1_0}::test_a_removed_thread_whose_text_nobody_shows_is_not_posted_again",),
    ),
    Mutant(
        name="that a copy was taken back is forgotten after weeks",
        changes=(without_step(listing._since, min, 1),),
        caught_by=(f"{UNDO}::test_it_stays_undone_through_weeks_without_another_thread",),
    ),
)
