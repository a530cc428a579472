"""Mutants of what several hosts of one account rely on: claims, and what stays in the database."""

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.sql.operators import ColumnOperators

from megabot.ledger import transfer
from megabot.ledger.postgres import claims as own_claims
from megabot.ledger.postgres.claims import Claims, HeldClaim
from megabot.ledger.postgres.ledger import PostgresAccount, PostgresLedger
from tests.mutants.change import call, condition, operand, without_last_argument, without_step
from tests.mutants.mutant import Mutant

TESTS = "tests/ledger/test_claims.py"
COPIES = "tests/scenes/test_postgres_transfer.py"


def of_any_fence(claims: tuple[HeldClaim, ...]) -> ColumnElement[bool]:
    return tuple_(*own_claims._KEY).in_([(claim.account_id, claim.kind) for claim in claims])


CLAIMS = (
    Mutant(
        name="a claim is taken although another process holds it",
        changes=(
            condition(Claims.take, 1, gives=False),
            without_last_argument(Claims.take, Insert.on_conflict_do_update),
        ),
        caught_by=(
            f"{TESTS}::test_a_claim_that_another_process_holds_is_not_taken",
            f"{TESTS}::test_a_pass_waits_for_another_hosts_pass_and_gives_up",
        ),
    ),
    Mutant(
        name="a claim that another process took since is renewed",
        changes=(call(Claims.renew, ColumnOperators.in_, 1, gives=of_any_fence),),
        caught_by=(
            f"{TESTS}::test_a_claim_that_another_process_took_is_lost_and_not_renewed",
            f"{TESTS}::test_a_write_after_a_takeover_is_refused_and_leaves_nothing",
            f"{TESTS}::test_a_request_is_only_sent_while_the_claim_is_held",
        ),
    ),
    Mutant(
        name="a request is sent although the claim was lost",
        changes=(condition(PostgresAccount.confirm_claims, 1, gives=False),),
        caught_by=(f"{TESTS}::test_a_request_is_only_sent_while_the_claim_is_held",),
    ),
    Mutant(
        name="a write neither checks nor renews claims",
        changes=(without_step(PostgresAccount.writing, PostgresAccount._confirm),),
        caught_by=(
            f"{TESTS}::test_a_write_after_a_takeover_is_refused_and_leaves_nothing",
            f"{TESTS}::test_a_write_puts_off_the_end_of_what_its_process_holds",
        ),
    ),
    Mutant(
        name="a backup contains the token",
        changes=(operand(transfer.copy_account, 1, 2, gives=True),),
        caught_by=(f"{COPIES}::test_a_backup_is_a_ledger_in_a_file_without_token_and_claims",),
    ),
    Mutant(
        name="a restored ledger replaces a history",
        changes=(condition(PostgresLedger.restore, 2, gives=False),),
        caught_by=(f"{COPIES}::test_an_account_with_a_history_is_never_restored",),
    ),
)
