"""Mutants of what keeps many accounts in one process apart."""

from megabot.service.accounts import turns
from megabot.service.accounts.pool import _Schedule
from tests.mutants.change import condition, without_operand
from tests.mutants.mutant import Mutant

TURNS = "tests/service/test_turns.py"
POOL = "tests/service/test_accounts_pool.py"

ACCOUNTS = (
    Mutant(
        name="accounts: one server takes every place",
        changes=(without_operand(turns._has_room, 4, 2),),
        caught_by=(f"{TURNS}::test_one_server_never_takes_more_than_half_of_the_quick_lane",),
    ),
    Mutant(
        name="accounts: one that fails stays in the quick lane",
        changes=(without_operand(turns.lane_after, 1, 1),),
        caught_by=(f"{TURNS}::test_the_last_turn_decides_about_the_lane",),
    ),
    Mutant(
        name="accounts: no place is kept for due editions",
        changes=(condition(turns._has_room, 1, gives=True),),
        caught_by=(f"{TURNS}::test_a_due_edition_has_a_place_when_idle_ticks_have_taken_theirs",),
    ),
    Mutant(
        name="accounts: one that was replaced has two turns at once",
        changes=(without_operand(_Schedule.collect, 2, 3),),
        caught_by=(f"{POOL}::test_an_account_that_is_removed_in_its_turn_is_closed_after_it",),
    ),
)
