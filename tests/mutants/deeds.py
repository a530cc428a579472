"""Mutants of what is around `decide`: looking, writing, recognising, signing in, keeping secrets."""

from tests.mutants.decisions import FOLLOWING, HANDS, JUDGE, PASS, PROMISES, TWO_BOTS, UNKNOWN, YEARS
from tests.mutants.mutant import Mutant

PERFORM = "megabot/perform.py"
LOSS = "tests/integration/test_ledger_loss.py"
WIRE = "tests/integration/test_lemmy_v3.py"
PROXY = "tests/integration/test_faultproxy.py"
UPGRADE = "tests/integration/test_upgrade_within_handover.py"
SIGN_IN = "tests/integration/test_sign_in.py"
LOOP = "tests/integration/test_crash_loop.py"

WRITING = (
    Mutant(
        name="a post is sent before its intent is written down",
        file=PERFORM,
        old="    intent = work.ports.ledger.begin(new)\n"
        "    post = _send(work, intent, lambda: work.ports.forum.create_post(work.place.id, draft))\n",
        new="    post = work.ports.forum.create_post(work.place.id, draft)\n"
        "    work.settle(work.ports.ledger.begin(new), IntentState.DONE)\n",
        caught_by=(
            f"{LOSS}::test_before_its_intent_can_be_written_nothing_is_sent",
            f"{UNKNOWN}::test_a_post_that_was_never_made_is_held_and_made_once_after_ten_minutes",
        ),
    ),
    Mutant(
        name="an unknown outcome is taken for a failure",
        file=PERFORM,
        old="    except (NotSent, NotLemmy, TokenRefused, SignInRefused, SignInLater) as error:\n",
        new="    except Exception as error:\n",
        caught_by=(
            f"{UNKNOWN}::test_a_post_that_was_never_made_is_held_and_made_once_after_ten_minutes",
            YEARS,
        ),
        words="was posted 2 times",
    ),
    Mutant(
        name="a write whose answer was lost is sent again",
        file="megabot/adapters/retries.py",
        old="(NotSent, Unreadable) if read else NotSent)",
        new="(NotSent, Unreadable) if read else Exception)",
        caught_by=(
            f"{WIRE}::test_a_write_with_a_broken_answer_is_unknown_and_sent_once",
            f"{PROXY}::test_a_post_that_was_made_is_of_unknown_outcome_and_not_made_again",
        ),
    ),
    Mutant(
        name="a 502 proves that nothing was written",
        file="megabot/adapters/lemmy_answer.py",
        old="    if status == _UNAVAILABLE and code == codes.STARTING:\n",
        new="    if status >= _BROKEN:\n",
        caught_by=(f"{WIRE}::test_a_write_with_a_broken_answer_is_unknown_and_sent_once",),
    ),
    Mutant(
        name="one empty look is enough to give a post up",
        file="megabot/core/settle.py",
        old="    if now < intent.changed + hold_after(intent):\n        return IntentState.UNKNOWN\n",
        new="    if now < intent.changed + hold_after(intent):\n        return IntentState.ABSENT\n",
        caught_by=(f"{UNKNOWN}::test_a_post_that_was_never_made_is_held_and_made_once_after_ten_minutes",),
    ),
    Mutant(
        name="answers are believed and nothing is looked at again",
        file="megabot/reconcile.py",
        old="            fresh, rounds = False, rounds + 1\n",
        new="            fresh, rounds = True, rounds + 1\n",
        caught_by=(f"{PASS}::test_a_handover_takes_eight_requests_beside_the_tick",),
    ),
)

RECOGNISING = (
    Mutant(
        name="a marker proves a post to be the bot's, whoever wrote it",
        file="megabot/series.py",
        old=" and marker.thread == thread and post.creator.id == author:\n",
        new=" and marker.thread == thread:\n",
        caught_by=(f"{PROMISES}::test_a_marker_that_somebody_copied_is_nothing",),
    ),
    Mutant(
        name="a post is known by its title",
        file="megabot/series.py",
        old="        if marker is not None and marker.thread == thread and",
        new="        if marker is not None and post.title.casefold().startswith(thread) and",
        caught_by=(f"{PROMISES}::test_a_thread_is_known_by_its_marker_whatever_its_title",),
    ),
    Mutant(
        name="the community's list is read, not the bot's profile",
        file="megabot/adapters/lemmy_dialect_v3.py",
        old="            page = calls.signed_in(self._own_content, person_id=author, page=number)\n",
        new='            listed = Operation.get("post/list", parse.posts, sort="New", limit=PAGE)\n'
        "            posts = calls.signed_in(listed, page=number)\n"
        "            posts = tuple(post for post in posts if post.creator.id == author)\n"
        "            page = OwnContent(author=author, posts=posts, comments=())\n",
        caught_by=(
            f"{HANDS}::test_an_adopted_thread_is_the_edition_of_its_week[lost]",
            "tests/contract/test_forum.py::test_a_comment_is_found_among_the_own_content[v3]",
        ),
    ),
    Mutant(
        name="the number comes from a counter",
        file="megabot/core/context.py",
        old="        edition=facts(edition),\n",
        new='        edition=EditionFacts(**(asdict(facts(edition)) | {"number": len(seen.posts) + 1})),\n',
        caught_by=(f"{PASS}::test_several_missed_editions_collapse_into_the_current_one",),
    ),
    Mutant(
        name="the link goes to the last post, open or not",
        file="megabot/core/context.py",
        old="        if own.post.open and own.key != edition.key",
        new="        if own.key != edition.key",
        caught_by=(
            f"{PASS}::test_the_next_edition_links_the_last_one_that_readers_can_open",
            f"{HANDS}::test_the_edition_after_a_deleted_one_links_the_last_that_can_be_opened",
        ),
    ),
    Mutant(
        name="no post links the one before",
        file="megabot/core/context.py",
        old="        previous=previous(thread, seen, edition),\n",
        new="        previous=None,\n",
        caught_by=(
            f"{PASS}::test_a_handover_leaves_one_post_pinned_that_links_the_one_before",
            *JUDGE,
            f"{PROMISES}::test_in_a_year_of_trouble_each_thread_links_one_before",
        ),
        words="does not link",
    ),
    Mutant(
        name="of a double the younger one stands",
        file="megabot/core/doubles.py",
        old="    by_age = sorted(posts, key=_age)\n",
        new="    return tuple(sorted(posts, key=_age, reverse=True))\n    by_age = sorted(posts, key=_age)\n",
        caught_by=(f"{TWO_BOTS}::test_after_a_race_the_older_post_stands_and_the_double_is_reported",),
    ),
    Mutant(
        name="threads that link each other edit each other for ever",
        file="megabot/core/refreshing.py",
        old="    return record.sent != text_digest(text)\n",
        new="    return record.answered != text_digest(text)\n",
        caught_by=(f"{FOLLOWING}::test_a_pair_comes_to_rest_after_one_edit",),
    ),
)

BEHAVING = (
    Mutant(
        name="each process signs in anew",
        file="megabot/adapters/sign_in.py",
        old="        self._file.write(stored)\n        self._stored = stored\n",
        new="        self._stored = stored\n",
        caught_by=(
            f"{SIGN_IN}::test_a_token_outlives_the_process",
            f"{WIRE}::test_a_new_process_uses_the_stored_token",
        ),
    ),
    Mutant(
        name="a token is renewed without a budget",
        file="megabot/adapters/sign_in.py",
        old="        at = next_sign_in(stored.attempts, now=now, asker=asker)\n        if at",
        new="        at = now\n        if at",
        caught_by=(
            f"{SIGN_IN}::test_a_crash_loop_stays_within_two_an_hour",
            f"{LOOP}::test_a_token_that_never_lives_is_renewed_at_most_twice_in_any_hour",
        ),
    ),
    Mutant(
        name="an upgraded server is spoken to as before",
        file="megabot/adapters/lemmy_client.py",
        old="            self._change_api(error)\n",
        new="            raise error\n",
        caught_by=(f"{UPGRADE}::test_one_post_is_pinned_and_the_old_one_is_not",),
    ),
    Mutant(
        name="one refusal is enough to sign in again",
        file="megabot/adapters/lemmy_calls.py",
        old="            self.anyone(self.dialect.probe)\n",
        new="            raise TokenRefused\n",
        caught_by=(
            f"{WIRE}::test_one_wrong_refusal_costs_no_sign_in",
            f"{PROXY}::test_a_live_token_that_is_refused_once_costs_no_sign_in",
        ),
    ),
    Mutant(
        name="an alert is told again with each pass",
        file="megabot/core/telling.py",
        old=(
            "    return one is None or "
            "(one.state is not ToldState.SENT and now not in Interval.after(one.at, AGAIN))\n"
        ),
        new="    return True\n",
        caught_by=("tests/integration/test_messages.py::test_the_communitys_first_moderator_is_told_once",),
    ),
    Mutant(
        name="a secret is logged",
        file="megabot/logs.py",
        old="text = text.replace(secret, BLOT)\n",
        new="text = text.replace(secret, secret)\n",
        caught_by=(
            "tests/e2e/test_secrets.py::test_no_secret_is_found_anywhere_after[the_service_has_a_bug]",
        ),
    ),
)

DEEDS = (*WRITING, *RECOGNISING, *BEHAVING)
