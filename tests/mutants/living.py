"""Mutants of what keeps a standing thread alive: announcements, highlights, texts that are kept."""

from megabot.commands import annotation_commands
from megabot.ledger.port import Ledger
from megabot.reconcile.content import annotation_store
from megabot.reconcile.rules import announce
from megabot.reconcile.rules.upkeep import announce_the_next_edition, comment_first
from tests.mutants.change import condition, without, without_operand
from tests.mutants.mutant import Mutant

ANNOUNCING = "tests/scenes/test_announce.py"
LIVING_THREAD = "tests/scenes/test_annotations.py"

LIVING = (
    Mutant(
        name="the next thread is announced long before its moment",
        changes=(without_operand(announce.announce_the_next, 7, 1),),
        caught_by=(f"{ANNOUNCING}::test_six_hours_before_the_slot_one_comment_says_when_and_is_marked",),
        rule=announce_the_next_edition,
    ),
    Mutant(
        name="a first comment that was removed is made again",
        changes=(condition(announce.make_the_first_comment, 5, gives=False),),
        caught_by=(f"{ANNOUNCING}::test_a_first_comment_that_somebody_removed_is_not_made_again",),
        rule=comment_first,
    ),
    Mutant(
        name="an old thread gets a first comment",
        changes=(without_operand(announce.make_the_first_comment, 4, 3),),
        caught_by=(f"{ANNOUNCING}::test_a_thread_that_is_up_for_long_gets_no_first_comment",),
    ),
    Mutant(
        name="a removed comment stays among the highlights",
        changes=(without_operand(annotation_store._reread, 1, 1),),
        caught_by=(f"{LIVING_THREAD}::test_a_deleted_or_removed_comment_leaves_by_itself",),
    ),
    Mutant(
        name="who opted out is put forward",
        changes=(without(annotation_commands.feature, Ledger.opted_out),),
        caught_by=(f"{LIVING_THREAD}::test_a_person_opts_out_and_is_not_put_forward_again",),
    ),
)
