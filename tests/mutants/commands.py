"""Mutants of what moderators command: who may, how often, about which edition."""

from collections.abc import Callable

from megabot.commands import confirmations, dispatch, inbox
from megabot.forum import notices
from megabot.forum.notices import Notice
from megabot.forum.port import Forum
from megabot.ledger.port import Ledger
from megabot.ledger.records import CommandRecord
from megabot.reconcile.content import compose
from megabot.reconcile.orders import Order
from megabot.schedule import overrides
from megabot.service import schedulers
from tests.mutants.change import (
    call,
    condition,
    returns,
    sooner,
    without_last_argument,
    without_operand,
    without_step,
)
from tests.mutants.mutant import Mutant

AUTHORITY = "tests/scenes/test_commands_authority.py"
ELSEWHERE = "tests/scenes/test_commands_from_elsewhere.py"
EXCEPTIONS = "tests/scenes/test_exceptions.py"
INBOX = "tests/scenes/test_inbox.py"
LATE = "tests/scenes/test_late_preamble.py"


def is_unread_and_new(notice: Notice, record: Callable[[str], CommandRecord | None]) -> bool:
    return notice.unread and record(notice.key) is None


def newest_of_all(self: notices.Watermark) -> int:
    return max(self.newest.values(), default=0)


COMMANDS = (
    Mutant(
        name="an admin commands without a setting",
        changes=(condition(inbox.Inbox._command_scopes, 1, gives=True),),
        caught_by=(f"{AUTHORITY}::test_an_admin_of_the_server_is_a_stranger",),
    ),
    Mutant(
        name="an admin of a while ago commands",
        changes=(without_last_argument(inbox.Inbox._command_scopes, Forum.site),),
        caught_by=(f"{AUTHORITY}::test_who_was_an_admin_a_minute_ago_is_not_obeyed",),
    ),
    Mutant(
        name="a restored ledger has a copy made again",
        changes=(returns(Order.is_older_than, gives=False),),
        caught_by=(f"{AUTHORITY}::test_a_restored_ledger_does_not_obey_again_what_was_never_answered",),
    ),
    Mutant(
        name="what is marked as read in the browser is not heard",
        changes=(condition(inbox.Inbox._list, 1, gives=is_unread_and_new),),
        caught_by=(
            f"{INBOX}::test_a_command_that_somebody_read_in_the_browser_is_heard_with_the_next_one",
            f"{INBOX}::test_a_command_that_somebody_read_in_the_browser_is_heard_within_the_hour",
        ),
    ),
    Mutant(
        name="the inbox is not listed once more after the mark",
        changes=(without_step(inbox.Inbox._read_new, inbox.Inbox._list, 2),),
        caught_by=(f"{INBOX}::test_what_is_said_while_all_is_marked_as_read_is_heard",),
    ),
    Mutant(
        name="the inbox is not listed at the start",
        changes=(without_operand(inbox.Inbox.poll, 1, 3, 2),),
        caught_by=(f"{INBOX}::test_what_is_said_while_all_is_marked_as_read_is_heard",),
    ),
    Mutant(
        name="the watermark is kept before what is below it",
        changes=(sooner(inbox.Inbox._list, Ledger.change_account, than=inbox.Inbox._authorize),),
        caught_by=(f"{AUTHORITY}::test_while_nobody_knows_who_moderates_a_command_waits",),
    ),
    Mutant(
        name="the watermark of one API is taken for the other's",
        changes=(call(notices.Watermark.is_new_filter, dict.get, gives=newest_of_all),),
        caught_by=(f"{INBOX}::test_an_upgrade_hides_nothing_and_has_nothing_obeyed_again",),
    ),
    Mutant(
        name="the watermark of before a server was put back hides what is new",
        changes=(without_operand(notices.Watermark.is_new_filter, 1, 2),),
        caught_by=(
            "tests/contract/test_inbox.py::test_a_watermark_of_before_the_server_was_put_back_hides_nothing",
        ),
    ),
    Mutant(
        name="a ledger that was put back answers again",
        changes=(call(inbox.Inbox._keep, inbox.Inbox._was_answered, gives=False),),
        caught_by=(f"{AUTHORITY}::test_a_restored_ledger_does_not_answer_again",),
    ),
    Mutant(
        name="a message confirms what a message ordered",
        changes=(condition(dispatch._confirm, 1, gives=False),),
        caught_by=(f"{ELSEWHERE}::test_a_message_confirms_nothing",),
    ),
    Mutant(
        name="a code counts again",
        changes=(without_operand(confirmations.find_confirmed, 1, 3),),
        caught_by=(f"{ELSEWHERE}::test_a_code_counts_once",),
    ),
    Mutant(
        name="a list is read to its end each time",
        changes=(condition(notices.read_until_seen, 3, gives=False),),
        caught_by=(f"{INBOX}::test_a_command_costs_four_requests_and_pages_a_tick",),
    ),
    Mutant(
        name="a second skip takes another week",
        changes=(returns(overrides.repeated_skip, 2, gives=None),),
        caught_by=(f"{EXCEPTIONS}::test_an_edition_is_skipped_once_however_often_that_is_said",),
    ),
    Mutant(
        name="an edition that is posted is held",
        changes=(condition(overrides.find_refusal, 1, gives=False),),
        caught_by=(f"{EXCEPTIONS}::test_an_edition_that_is_posted_is_not_changed",),
    ),
    Mutant(
        name="what is taken back waits for the next hour",
        changes=(without_operand(schedulers.PassScheduler.run_if_due, 2, 2),),
        caught_by=(f"{EXCEPTIONS}::test_what_was_held_is_posted_by_the_tick_that_hears_the_word",),
    ),
    Mutant(
        name="a late essay is put in with another moment each time",
        changes=(without_operand(compose.Composer._added, 4, 1),),
        caught_by=(
            f"{LATE}::test_what_was_put_in_once_is_not_put_in_again",
            f"{LATE}::test_an_essay_that_the_server_refuses_is_not_sent_again_each_hour",
        ),
    ),
)
