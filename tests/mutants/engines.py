"""Mutants of the ledger's statements, which the tests must notice on each database engine that shows them."""

from typing import Any

from sqlalchemy import Delete, Dialect, Index, Select, Update, and_, exists, select

from megabot.ledger import database, schema, sql, tables
from megabot.ledger.database import Statements, count_change
from megabot.ledger.postgres.ledger import PostgresAccount
from megabot.ledger.sql import SqlLedger
from megabot.ledger.sql_state import SqlState
from megabot.ledger.sqlite import SqliteFile
from megabot.ledger.tables import INTENTS
from tests.mutants.change import call, condition, without_argument, without_step
from tests.mutants.mutant import Mutant

LEDGER = "tests/contract/test_ledger.py"
STATE = "tests/contract/test_ledger_state.py"
ACCOUNTS = "tests/scenes/test_postgres_transfer.py"
READS_NOTHING = f"{ACCOUNTS}::test_an_account_reads_nothing_of_another"
CHANGES_NOTHING = f"{ACCOUNTS}::test_no_write_of_one_account_changes_a_row_of_another"
OF_THE_NEWEST_EDIT = f"{STATE}::test_of_a_posts_edits_only_the_newest_that_was_done_keeps_what_it_sent"


def on_both(*tests: str, case: str = "") -> tuple[str, ...]:
    """Name tests of the contract on SQLite and on PostgreSQL; `case` is the rest of their parameters."""
    rest = f"-{case}" if case else ""
    return tuple(f"{test}[{engine}{rest}]" for test in tests for engine in ("sqlite", "postgres"))


def not_unique(name: str, columns: Any, where: str) -> Index:  # noqa: ANN401  names in the module's own code
    return Index(name, *columns, info={"where": where})


def only_on_sqlite(index: Index, dialect: Dialect) -> bool:
    return "where" in index.info and dialect.name == "sqlite"


def only_on_postgresql(index: Index, dialect: Dialect) -> bool:
    return "where" in index.info and dialect.name == "postgresql"


def every_newer(newer: Any) -> object:  # noqa: ANN401  as above
    return select(newer.c.slot)


def any_edit_at_all() -> object:
    return INTENTS.c.draft.is_not(None)


ENGINES = (
    Mutant(
        name="ledger: rows of all accounts are read",
        changes=(without_argument(Statements.select, Select.where, position=1),),
        caught_by=(READS_NOTHING,),
    ),
    Mutant(
        name="ledger: a row of any account is found by its key",
        changes=(without_argument(database._row_at, Select.where, position=1),),
        caught_by=(READS_NOTHING,),
    ),
    Mutant(
        name="ledger: rows of all accounts are deleted",
        changes=(without_argument(Statements.delete_in, Delete.where, position=1),),
        caught_by=(CHANGES_NOTHING,),
    ),
    Mutant(
        name="ledger: the threads of all accounts are listed",
        changes=(without_argument(SqlState.threads, Select.where, position=1),),
        caught_by=(READS_NOTHING,),
    ),
    Mutant(
        name="ledger: what is known of an account is written to all of them",
        changes=(without_argument(SqlState._change_account, Update.where, position=1),),
        caught_by=(CHANGES_NOTHING,),
    ),
    *(
        Mutant(
            name=f"ledger: {what} of all accounts are forgotten",
            changes=(without_argument(SqlLedger.prune, Update.where, number, position=1),),
            caught_by=(f"{ACCOUNTS}::test_what_is_forgotten_of_one_account_is_kept_of_another",),
        )
        for number, what in enumerate(
            (
                "old writes",
                "drafts of old edits",
                "contexts of old posts",
                "words of commands",
                "ignored ones",
            ),
            1,
        )
    ),
    Mutant(
        name="ledger: an edit of another account makes one superseded",
        changes=(without_argument(sql._superseded, Select.where, position=1),),
        caught_by=(f"{ACCOUNTS}::test_only_edits_of_the_same_account_make_one_superseded",),
    ),
    Mutant(
        name="ledger: posts of another account make a write old",
        changes=(without_argument(sql._has_two_newer, Select.where, position=1),),
        caught_by=(f"{ACCOUNTS}::test_old_writes_are_kept_however_many_newer_posts_another_account_has",),
    ),
    Mutant(
        name="ledger: a post of another account has its text listed",
        changes=(without_argument(SqlLedger.texts, and_, position=1),),
        caught_by=(f"{ACCOUNTS}::test_the_texts_of_a_thread_are_those_of_the_accounts_own_posts",),
    ),
    Mutant(
        name="ledger: an intent of any account is resolved",
        changes=(without_argument(SqlLedger.resolve_intent, and_, position=1),),
        caught_by=(f"{ACCOUNTS}::test_an_intent_of_another_account_cannot_be_resolved",),
    ),
    Mutant(
        name="ledger: nothing refuses a second publish of a copy",
        changes=(call(tables._index, Index, gives=not_unique),),
        caught_by=on_both(f"{LEDGER}::test_a_copy_that_may_be_there_is_never_begun_again", case="sending"),
    ),
    Mutant(
        name="ledger: PostgreSQL refuses each second publish of a copy",
        changes=(condition(schema._of, 1, gives=only_on_sqlite),),
        caught_by=(f"{LEDGER}::test_a_copy_that_is_certainly_not_there_may_be_begun_again[postgres-absent]",),
    ),
    Mutant(
        name="ledger: SQLite refuses each second publish of a copy",
        changes=(condition(schema._of, 1, gives=only_on_postgresql),),
        caught_by=(f"{LEDGER}::test_a_copy_that_is_certainly_not_there_may_be_begun_again[sqlite-absent]",),
    ),
    Mutant(
        name="ledger: changes are not counted on SQLite",
        changes=(without_step(SqliteFile.writing, count_change),),
        caught_by=(f"{STATE}::test_the_revision_differs_after_a_change_and_only_then[sqlite-<lambda>0]",),
    ),
    Mutant(
        name="ledger: changes are not counted on PostgreSQL",
        changes=(without_step(PostgresAccount.writing, count_change),),
        caught_by=(f"{STATE}::test_the_revision_differs_after_a_change_and_only_then[postgres-<lambda>0]",),
    ),
    Mutant(
        name="ledger: a row is only replaced if its own id is the same",
        changes=(condition(database._upsert, 1, gives=False),),
        caught_by=on_both(f"{LEDGER}::test_what_is_known_of_what_was_heard_is_replaced"),
    ),
    Mutant(
        name="ledger: a row that is there is never replaced",
        changes=(condition(database._on_conflict, 2, gives=True),),
        caught_by=on_both(
            f"{LEDGER}::test_what_is_known_of_what_was_heard_is_replaced",
            f"{LEDGER}::test_what_is_known_of_a_post_is_replaced",
        ),
    ),
    Mutant(
        name="ledger: the newest edit of a post keeps nothing either",
        changes=(call(sql._superseded, exists, gives=any_edit_at_all),),
        caught_by=on_both(OF_THE_NEWEST_EDIT),
    ),
    Mutant(
        name="ledger: an edit of another copy makes one superseded",
        changes=(without_argument(sql._superseded, Select.where, position=4),),
        caught_by=on_both(OF_THE_NEWEST_EDIT),
    ),
    Mutant(
        name="ledger: an edit that was refused makes the one before superseded",
        changes=(without_argument(sql._superseded, Select.where, position=6),),
        caught_by=on_both(OF_THE_NEWEST_EDIT),
    ),
    Mutant(
        name="ledger: copies of an edition count as editions when old writes are forgotten",
        changes=(call(sql._has_two_newer, Select.distinct, gives=every_newer),),
        caught_by=on_both(
            f"{LEDGER}::test_copies_of_the_newest_edition_count_as_one_when_old_writes_are_forgotten"
        ),
    ),
    Mutant(
        name="ledger: what opting out removes is kept",
        changes=(without_step(SqlState.opt_out, Statements.delete_in),),
        caught_by=on_both(f"{STATE}::test_who_opts_out_has_no_highlight_left_and_the_others_keep_theirs"),
    ),
)
