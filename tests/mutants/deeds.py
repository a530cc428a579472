"""Mutants of what is around `decide`: looking, writing, recognising, signing in, keeping secrets."""

from datetime import datetime

from megabot import log_setup
from megabot.errors import NotSent, Unreadable
from megabot.forum.models import OwnContent, Post, PostDraft
from megabot.ledger.port import Ledger
from megabot.ledger.records import IntentState, PostRecord
from megabot.lemmy import calls, client, responses, retry
from megabot.lemmy.auth import sign_in
from megabot.lemmy.auth.budget import next_sign_in
from megabot.lemmy.auth.token_file import TokenFile
from megabot.lemmy.calls import Operation
from megabot.lemmy.paging import PAGE
from megabot.lemmy.v3 import parse as wire
from megabot.lemmy.v3.dialect import DialectV3
from megabot.reconcile import act, loop, outcomes, thread_posts
from megabot.reconcile.content import context
from megabot.reconcile.content.drafts import text_digest
from megabot.reconcile.observation import Observation, ThreadPost
from megabot.reconcile.rules import duplicates, refresh
from megabot.rendering.context_json import edition_facts
from megabot.rendering.model import EditionFacts, Rendered
from megabot.schedule.calendar import Edition
from megabot.service import alert_policy
from tests.mutants.change import (
    call,
    catches,
    condition,
    operand,
    opposite,
    returns,
    sooner,
    without_operand,
    without_step,
)
from tests.mutants.decisions import FOLLOWING, HANDS, JUDGE, PASS, PROMISES, TWO_BOTS, UNKNOWN, YEARS
from tests.mutants.mutant import Mutant

LOSS = "tests/scenes/test_ledger_loss.py"
WIRE = "tests/scenes/test_lemmy_v3.py"
PROXY = "tests/scenes/test_faultproxy.py"
UPGRADE = "tests/scenes/test_upgrade_within_handover.py"
SIGN_IN = "tests/scenes/test_sign_in.py"
LOOP = "tests/scenes/test_crash_loop.py"


def sent_at_once(work: act.ActContext, draft: PostDraft, key: str) -> Post:
    return work.ports.forum.create_post(work.place.id, draft, key=key)


def any_write_is_worth_it(error: BaseException, *, read: bool) -> bool:
    return isinstance(error, (NotSent, Unreadable) if read else Exception)


def is_broken(status: int) -> bool:
    return status >= responses._BROKEN


def has_the_title(post: Post, thread: str) -> bool:
    return post.title.casefold().startswith(thread)


def from_the_list(calls: calls.Calls, author: int, number: int) -> OwnContent:
    return OwnContent(
        author=author,
        posts=tuple(
            post
            for post in calls.signed_in(
                Operation.get("post/list", wire.posts, sort="New", limit=PAGE), page=number
            )
            if post.creator.id == author
        ),
        comments=(),
    )


def counted(edition: Edition, observation: Observation) -> EditionFacts:
    return edition_facts(
        Edition(
            thread=edition.thread,
            key=edition.key,
            number=len(observation.posts) + 1,
            slot=edition.slot,
            start=edition.start,
            end=edition.end,
        )
    )


def youngest_first(posts: tuple[ThreadPost, ...]) -> tuple[ThreadPost, ...]:
    return tuple(sorted(posts, key=duplicates._age, reverse=True))


def differs_from_the_answer(record: PostRecord, text: Rendered) -> bool:
    return record.answered != text_digest(text)


def at_once(now: datetime) -> datetime:
    return now


def renewed(self: calls.Calls) -> None:
    return self._sign_ins.renew(self._send_sign_in, by_hand=False)


WRITING = (
    Mutant(
        name="a post is sent before its intent is written down",
        changes=(
            sooner(act._create, act._send, than=Ledger.begin_intent),
            call(act._create, act._send, gives=sent_at_once),
        ),
        caught_by=(
            f"{LOSS}::test_before_its_intent_can_be_written_nothing_is_sent",
            f"{UNKNOWN}::test_a_post_that_was_never_made_is_held_and_made_once_after_ten_minutes",
        ),
    ),
    Mutant(
        name="an unknown outcome is taken for a failure",
        changes=(catches(act._send, 1, Exception),),
        caught_by=(
            f"{UNKNOWN}::test_a_post_that_was_never_made_is_held_and_made_once_after_ten_minutes",
            YEARS,
        ),
        words="was said 2 times",
    ),
    Mutant(
        name="a write whose answer was lost is sent again",
        changes=(returns(retry._worth_it, 3, gives=any_write_is_worth_it),),
        caught_by=(
            f"{WIRE}::test_a_write_with_a_broken_answer_is_unknown_and_sent_once",
            f"{PROXY}::test_a_post_that_was_made_is_of_unknown_outcome_and_not_made_again",
        ),
    ),
    Mutant(
        name="a 502 proves that nothing was written",
        changes=(condition(responses.failure, 1, gives=is_broken),),
        caught_by=(f"{WIRE}::test_a_write_with_a_broken_answer_is_unknown_and_sent_once",),
    ),
    Mutant(
        name="one empty look is enough to give a post up",
        changes=(returns(outcomes._unseen, 3, gives=IntentState.ABSENT),),
        caught_by=(f"{UNKNOWN}::test_a_post_that_was_never_made_is_held_and_made_once_after_ten_minutes",),
    ),
    Mutant(
        name="answers are believed and nothing is looked at again",
        changes=(opposite(loop.reconcile_thread, 2, of=False),),
        caught_by=(f"{PASS}::test_a_handover_takes_eight_requests_beside_the_tick",),
    ),
)

RECOGNISING = (
    Mutant(
        name="a marker proves a post to be the bot's, whoever wrote it",
        changes=(without_operand(thread_posts.own_posts_of, 1, 3),),
        caught_by=(
            "tests/reconcile/test_thread_posts.py::test_a_marker_that_somebody_copied_proves_nothing",
        ),
    ),
    Mutant(
        name="a post is known by its title",
        changes=(operand(thread_posts.own_posts_of, 1, 2, gives=has_the_title),),
        caught_by=(f"{PROMISES}::test_a_thread_is_known_by_its_marker_whatever_its_title",),
    ),
    Mutant(
        name="the community's list is read, not the bot's profile",
        changes=(call(DialectV3.own_content, calls.Calls.signed_in, gives=from_the_list),),
        caught_by=(
            f"{HANDS}::test_an_adopted_thread_is_the_edition_of_its_week[lost]",
            "tests/contract/test_forum.py::test_a_comment_is_found_among_the_own_content[v3]",
        ),
    ),
    Mutant(
        name="the number comes from a counter",
        changes=(call(context.build_context, edition_facts, gives=counted),),
        caught_by=(f"{PASS}::test_several_missed_editions_collapse_into_the_current_one",),
    ),
    Mutant(
        name="the link goes to the last post, open or not",
        changes=(without_operand(context.previous_post, 1, 1),),
        caught_by=(
            f"{PASS}::test_the_next_edition_links_the_last_one_that_readers_can_open",
            f"{HANDS}::test_the_edition_after_a_deleted_one_links_the_last_that_can_be_opened",
        ),
    ),
    Mutant(
        name="no post links the one before",
        changes=(call(context.build_context, context.previous_facts, gives=None),),
        caught_by=(
            f"{PASS}::test_a_handover_leaves_one_post_pinned_that_links_the_one_before",
            *JUDGE,
            f"{PROMISES}::test_in_a_year_of_trouble_each_thread_links_one_before",
        ),
        words="does not link",
    ),
    Mutant(
        name="of a double the younger one stands",
        changes=(returns(duplicates.order_posts, gives=youngest_first),),
        caught_by=(f"{TWO_BOTS}::test_after_a_race_the_older_post_stands_and_the_double_is_reported",),
    ),
    Mutant(
        name="threads that link each other edit each other for ever",
        changes=(returns(refresh._differs, 3, gives=differs_from_the_answer),),
        caught_by=(f"{FOLLOWING}::test_a_pair_comes_to_rest_after_one_edit",),
    ),
)

BEHAVING = (
    Mutant(
        name="each process signs in anew",
        changes=(without_step(sign_in.SignIns._keep, TokenFile.write),),
        caught_by=(
            f"{SIGN_IN}::test_a_token_outlives_the_process",
            f"{WIRE}::test_a_new_process_uses_the_stored_token",
        ),
    ),
    Mutant(
        name="a token is renewed without a budget",
        changes=(call(sign_in.SignIns._wait_for_leave, next_sign_in, gives=at_once),),
        caught_by=(
            f"{SIGN_IN}::test_a_crash_loop_stays_within_two_an_hour",
            f"{LOOP}::test_a_token_that_never_lives_is_renewed_at_most_twice_in_any_hour",
        ),
    ),
    Mutant(
        name="an upgraded server is spoken to as before",
        changes=(without_step(client._over_either_api, client.LemmyClient._change_api),),
        caught_by=(f"{UPGRADE}::test_one_post_is_pinned_and_the_old_one_is_not",),
    ),
    Mutant(
        name="one refusal is enough to sign in again",
        changes=(call(calls.Calls._revive, calls.Calls.anyone, gives=renewed),),
        caught_by=(
            f"{WIRE}::test_one_wrong_refusal_costs_no_sign_in",
            f"{PROXY}::test_a_live_token_that_is_refused_once_costs_no_sign_in",
        ),
    ),
    Mutant(
        name="an alert is told again with each pass",
        changes=(returns(alert_policy._is_news, gives=True),),
        caught_by=("tests/scenes/test_alert_messages.py::test_the_communitys_first_moderator_is_told_once",),
    ),
    Mutant(
        name="a secret is logged",
        changes=(condition(log_setup.RedactingFormatter.redacted, 1, gives=False),),
        caught_by=(
            "tests/e2e/test_secrets.py::test_no_secret_is_found_anywhere_after[the_service_has_a_bug]",
        ),
    ),
)

DEEDS = (*WRITING, *RECOGNISING, *BEHAVING)
