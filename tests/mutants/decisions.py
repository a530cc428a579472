"""Mutants of `decide`: each of its rules is broken in at least one of them."""

from tests.mutants.mutant import Mutant

PUBLICATION = "megabot/core/publication.py"
UPKEEP = "megabot/core/upkeep.py"
PASS = "tests/integration/test_pass.py"
AFTER = "tests/integration/test_after_its_time.py"
WHICH = "tests/integration/test_which_edition.py"
HANDS = "tests/integration/test_hands.py"
FOLLOWING = "tests/integration/test_following.py"
UNKNOWN = "tests/integration/test_unknown_outcomes.py"
PROMISES = "tests/integration/test_promises.py"
ON_1_0 = "tests/integration/test_on_1_0.py"
SERVERS = "tests/integration/test_home_servers.py"
REMOTE = "tests/integration/test_remote_community.py"
TWO_BOTS = "tests/integration/test_two_bots.py"
JUDGE = tuple(
    f"{PROMISES}::test_handovers_are_right_in_the_eyes_of_the_demos_judge[{api}]" for api in ("v3", "v4")
)
YEARS = "tests/integration/test_nth.py::test_a_year_of_trouble_breaks_no_promise"
ALWAYS = "tests/unit/test_plan_invariants.py::test_whatever_is_seen_the_plan_keeps_to_all_of_these"


def without(rule: str, name: str, *caught_by: str, words: str = "") -> Mutant:
    """Leave one of publication's rules out of their list."""
    return Mutant(
        name=name,
        file=PUBLICATION,
        old=f"    {rule},\n",
        new="",
        caught_by=caught_by,
        rule=rule,
        words=words,
    )


RULES_LEFT_OUT = (
    without(
        "nothing_is_due",
        "the first slot is not waited for",
        f"{PASS}::test_before_the_first_slot_its_moment_is_said",
    ),
    without(
        "outcome_is_unknown",
        "a post of unknown outcome is sent again at once",
        f"{UNKNOWN}::test_a_post_that_was_never_made_is_held_and_made_once_after_ten_minutes",
    ),
    without(
        "the_order_was_carried_out",
        "the same order makes a second copy",
        f"{PASS}::test_the_same_repost_command_never_makes_two_copies",
    ),
    without(
        "it_is_there",
        "an edition that has its post is posted again",
        f"{PASS}::test_post_a_second_time_makes_no_second_post",
        *JUDGE,
    ),
    without(
        "a_later_one_is_posted",
        "a missed edition is posted after a later one",
        f"{WHICH}::test_an_edition_that_was_missed_is_not_posted_after_a_later_one[v3]",
    ),
    without(
        "it_is_unclear_which_is_meant",
        "an hour before the slot last week's edition is posted",
        f"{WHICH}::test_close_to_the_slot_post_asks_which_edition_is_meant_and_posts_nothing[v3]",
    ),
    without(
        "a_skipped_slot_stays_empty",
        "a slot that is to be skipped is posted",
        f"{PROMISES}::test_a_slot_that_is_skipped_stays_empty_and_keeps_its_number",
    ),
    without(
        "nothing_is_posted_by_surprise",
        "a first run posts by itself",
        f"{PASS}::test_a_first_run_posts_nothing_by_surprise",
        f"{HANDS}::test_a_first_run_waits_for_the_next_slot",
    ),
    without(
        "the_grace_is_over",
        "the grace is ignored",
        f"{PASS}::test_past_its_grace_an_edition_waits_for_a_person",
    ),
    without(
        "it_has_strayed",
        "another community for a running thread is taken as it comes",
        f"{HANDS}::test_another_community_holds_the_post_until_somebody_agrees",
    ),
    without(
        "another_order_posts_nothing",
        "who has a thread refreshed gets a new one",
        f"{PROMISES}::test_a_refresh_at_a_slot_leaves_the_new_thread_to_the_service",
    ),
    without(
        "look_deeper_first",
        "a post is made without reading the removals",
        f"{PASS}::test_a_removed_thread_is_not_posted_again_with_the_ledger_lost",
        f"{HANDS}::test_a_thread_made_by_hand_holds_the_post_of_any_week",
    ),
    without(
        "the_account_hides_posts",
        "an account that hides posts is not told of",
        f"{PASS}::test_an_account_that_cannot_see_its_own_posts_does_not_post",
    ),
    without(
        "the_look_proves_nothing",
        "absence in a look that proves nothing is taken for absence",
        ALWAYS,
    ),
    without(
        "a_removed_post_may_be_it",
        "a removed post whose text the server hides is no hindrance",
        f"{ON_1_0}::test_a_removed_thread_whose_text_nobody_shows_is_not_posted_again",
        ALWAYS,
    ),
    without(
        "what_was_decided_is_sent",
        "what is sent again is rendered anew",
        f"{UNKNOWN}::test_what_is_sent_again_is_what_was_decided_not_what_the_template_says_now",
    ),
    without(
        "the_text_is_needed",
        "nobody asks for the text",
        f"{PASS}::test_a_handover_leaves_one_post_pinned_that_links_the_one_before",
    ),
    without(
        "the_text_is_broken",
        "a broken template is not noticed",
        f"{PASS}::test_a_broken_template_leaves_everything_as_it_is",
    ),
    without(
        "it_was_refused_before",
        "a refused text is sent again with each pass",
        f"{PROMISES}::test_a_text_that_the_server_refused_is_sent_once_until_it_changes",
    ),
    without(
        "a_person_posted_it",
        "a thread made by hand is ignored",
        f"{HANDS}::test_a_thread_made_by_hand_holds_the_post_of_any_week",
    ),
)

RULES_BROKEN = (
    Mutant(
        name="a removed post is posted again",
        file=PUBLICATION,
        old="    posts = case.seen.of_edition(due.key)\n    known = any(record.edition == due.key for",
        new="    posts = [own for own in case.seen.of_edition(due.key) if own.post.open]\n"
        "    known = any(record.edition is None for",
        caught_by=(f"{PASS}::test_a_removed_thread_is_not_posted_again",),
        rule="it_is_there",
    ),
    Mutant(
        name="a second order within minutes makes a second copy",
        file=PUBLICATION,
        old="        if counts and lately and not order.part",
        new="        if False and lately and not order.part",
        caught_by=(f"{PASS}::test_two_reposts_within_ten_minutes_are_one",),
        rule="the_order_was_carried_out",
    ),
    Mutant(
        name="every copy has the number of the first",
        file=PUBLICATION,
        old="copy=max(copies, default=0) + 1",
        new="copy=1",
        caught_by=(f"{PASS}::test_a_repost_makes_a_copy_and_the_copy_takes_the_pin",),
        rule="publish_it",
    ),
    Mutant(
        name="a post does not name the one before",
        file=PUBLICATION,
        old="after=next(older, None)",
        new="after=None",
        caught_by=(f"{HANDS}::test_an_adoption_lasts_although_the_comment_that_says_so_was_removed",),
        rule="publish_it",
    ),
    Mutant(
        name="a clock that differs from the server's is trusted",
        file="megabot/core/plan.py",
        old="if behind or abs(case.seen.skew) > CLOCK_TOLERANCE:",
        new="if behind:",
        caught_by=(f"{PASS}::test_a_clock_that_is_a_year_ahead_writes_nothing",),
        rule="clock_is_wrong",
    ),
    Mutant(
        name="a second thread is adopted for an edition that has one",
        file="megabot/core/adoption.py",
        old="    if standing is not None:\n        return Hold(reason=Reason.EDITION_TAKEN",
        new="    if standing and standing.adopted:\n        return Hold(reason=Reason.EDITION_TAKEN",
        caught_by=(f"{HANDS}::test_an_edition_that_has_its_post_takes_no_other",),
        rule="decide_adoption",
    ),
    Mutant(
        name="an edition that a moderator holds is posted",
        file="megabot/core/publication.py",
        old="if held and not case.commanded else None",
        new="if False else None",
        caught_by=("tests/integration/test_exceptions.py::test_an_edition_that_is_held_waits_for_a_word",),
        rule="a_moderator_holds_it",
    ),
    Mutant(
        name="an order to undo is carried out twice",
        file="megabot/core/undoing.py",
        old=" or _was_carried_out(case, case.order):",
        new=":",
        caught_by=("tests/integration/test_undo.py::test_the_same_order_undoes_once",),
        rule="decide_undo",
    ),
    Mutant(
        name="a copy that was taken back is locked with each pass",
        file="megabot/core/undoing.py",
        old="        if may and not (locked or own.post.locked):\n",
        new="        if may:\n",
        caught_by=("tests/integration/test_undo.py::test_it_stays_undone",),
        rule="lock_what_was_withdrawn",
    ),
    Mutant(
        name="a pin that a person set ends with its time",
        file=UPKEEP,
        old="    elif by_another(case, case.seen.pin_events[standing.id], featured=True):\n",
        new="    elif False:\n",
        caught_by=(f"{AFTER}::test_a_thread_that_a_person_pins_again_stays_pinned",),
        rule="unpin_after_its_time",
    ),
    Mutant(
        name="a thread that was unpinned after its time is pinned again",
        file=UPKEEP,
        old="is_pinned(standing.post, kind) or pin_is_over(case, standing):",
        new="is_pinned(standing.post, kind):",
        caught_by=(f"{AFTER}::test_a_thread_is_unpinned_after_its_time_and_stays_so",),
        rule="unpin_after_its_time",
    ),
    Mutant(
        name="a thread that a person unlocked is locked again",
        file=UPKEEP,
        old=" and not _was_locked(case, own):",
        new=":",
        caught_by=(f"{AFTER}::test_a_thread_that_a_person_unlocks_stays_open[v3-kept]",),
        rule="lock_after_its_time",
    ),
    Mutant(
        name="with the ledger lost a thread that a person unlocked is locked again",
        file=UPKEEP,
        old="if may and born <= due <= case.now",
        new="if may and due <= case.now",
        caught_by=(f"{AFTER}::test_a_thread_that_a_person_unlocks_stays_open[v3-lost]",),
        rule="lock_after_its_time",
    ),
    Mutant(
        name="undoing an adoption takes a moderator's pin off",
        file="megabot/core/adoption.py",
        old="    if event is None or event.by != case.seen.bot_id or not event.featured:\n",
        new="    if event is None or not event.featured:\n",
        caught_by=("tests/integration/test_unadopting.py::test_a_pin_that_a_moderator_set_stays[v3]",),
        rule="decide_release",
    ),
    Mutant(
        name="a person's lock is taken off what stands again after an undo",
        file="megabot/core/undoing.py",
        old=" and not done(IntentKind.UNLOCK):",
        new=":",
        caught_by=("tests/integration/test_undo.py::test_a_lock_that_a_person_sets_after_an_undo_stays",),
        rule="unlock_what_stands_again",
    ),
    Mutant(
        name="a post that nobody sees yet takes the pin",
        file=UPKEEP,
        old="    if pending is not None:\n",
        new="    if pending is not None and standing.post.featured:\n",
        caught_by=(f"{ON_1_0}::test_a_post_takes_the_pin_when_it_has_arrived_and_not_before", ALWAYS),
        rule="wait_until_it_has_arrived",
    ),
    Mutant(
        name="a pin that another server has not confirmed counts",
        file=UPKEEP,
        old="        *unpin_the_older_ones(case, standing, is_seen=unconfirmed is None),\n",
        new="        *unpin_the_older_ones(case, standing),\n",
        caught_by=(
            f"{REMOTE}::test_a_pin_that_a_0_19_refuses_counts_for_nothing_and_moderators_are_told",
            ALWAYS,
        ),
        rule="hold_until_the_home_server_shows_the_pin",
    ),
    Mutant(
        name="a pin that another server refused is sent again",
        file="megabot/core/federation.py",
        old="    if not (current or standing.post.featured_community):\n",
        new="    if not standing.post.featured_community:\n",
        caught_by=(f"{REMOTE}::test_a_refused_pin_is_not_sent_again_and_again",),
        rule="hold_until_the_home_server_shows_the_pin",
    ),
    Mutant(
        name="what another server answered is not looked at in the same pass",
        file="megabot/reconcile.py",
        old="    second = _report(pass_, report.thread)\n",
        new="    second = report\n",
        caught_by=(f"{REMOTE}::test_a_pin_that_the_home_server_shows_counts_and_the_old_thread_is_unpinned",),
    ),
    Mutant(
        name="another server leads the question about a pin to where it wants",
        file="megabot/adapters/home_servers.py",
        old="most=_MOST, hops=0)",
        new="most=_MOST)",
        caught_by=(f"{SERVERS}::test_an_answer_that_leads_elsewhere_or_is_too_large_is_none",),
    ),
    Mutant(
        name="a pin on its way is an alert at once",
        file="megabot/core/federation.py",
        old="    if case.now - answer.first < PATIENCE:\n",
        new="    if False:\n",
        caught_by=(f"{REMOTE}::test_a_server_that_does_not_federate_is_told_of_after_an_hour",),
        rule="hold_until_the_home_server_shows_the_pin",
    ),
    Mutant(
        name="a person's unpin is ignored",
        file=UPKEEP,
        old="    elif by_another(case, case.seen.pin_events[standing.id], featured=False):\n",
        new="    elif False:\n",
        caught_by=(f"{PASS}::test_a_moderators_unpin_stays_until_the_next_edition",),
        rule="pin_the_standing_post",
    ),
    Mutant(
        name="a post is pinned before it is known who unpinned it",
        file=UPKEEP,
        old="    elif standing.id in case.seen.created:\n",
        new="    elif standing.id not in case.seen.pin_events:\n",
        caught_by=(f"{PASS}::test_a_moderators_unpin_stays_with_the_ledger_lost",),
        rule="pin_the_standing_post",
    ),
    Mutant(
        name="the old thread is unpinned first",
        file=UPKEEP,
        old="        *((unconfirmed,) if unconfirmed else pin_the_standing_post(case, standing)),\n",
        new="        *(Unpin(own=own, kind=Feature.COMMUNITY, standing=standing)\n"
        "          for own in case.seen.older[:1]\n"
        "          if own.post.featured and standing.id in case.seen.created),\n"
        "        *pin_the_standing_post(case, standing),\n",
        caught_by=(*JUDGE, YEARS),
        rule="pin_the_standing_post",
        words="left no",
    ),
    Mutant(
        name="the old thread is unpinned although the new one is not pinned",
        file=UPKEEP,
        old="    if not (is_seen and is_pinned(standing.post, kind)) and not pin_is_over(",
        new="    if not is_seen and not pin_is_over(",
        caught_by=(
            f"{PROMISES}::test_an_old_thread_is_unpinned_only_beside_a_new_one_that_is_pinned",
            ALWAYS,
        ),
        rule="unpin_the_older_ones",
    ),
    Mutant(
        name="a person's pin of an old thread is ignored",
        file=UPKEEP,
        old="    if _was_unpinned_for(case, own, standing) or _pinned_since(case, own, standing):\n",
        new="    if False:\n",
        caught_by=(
            f"{PASS}::test_an_old_thread_that_a_moderator_pins_again_stays_pinned_for_this_edition",
            f"{HANDS}::test_an_old_thread_pinned_again_stays_for_this_edition",
        ),
        rule="unpin_the_older_ones",
    ),
    Mutant(
        name="the old thread is told with each pass",
        file=UPKEEP,
        old=" or _is_told(case, standing):\n",
        new=":\n",
        caught_by=(f"{PASS}::test_a_handover_takes_eight_requests_beside_the_tick",),
        rule="tell_the_old_thread",
    ),
    Mutant(
        name="the old thread is told nothing",
        file=UPKEEP,
        old="        *tell_the_old_thread(case, standing),\n",
        new="",
        caught_by=(*JUDGE, f"{PASS}::test_a_handover_leaves_one_post_pinned_that_links_the_one_before"),
        rule="tell_the_old_thread",
        words="does not tell of the thread after it",
    ),
    Mutant(
        name="a lock that a person took off is set again",
        file=UPKEEP,
        old="    if not locked and _publish_of(",
        new="    if _publish_of(",
        caught_by=(f"{HANDS}::test_a_thread_that_a_person_unlocked_is_not_locked_again",),
        rule="lock_the_old_thread",
    ),
    Mutant(
        name="a double is not reported",
        file=UPKEEP,
        old="    for kept, double in doubles(case.seen.posts):\n",
        new="    for kept, double in doubles(case.seen.posts[:1]):\n",
        caught_by=(f"{TWO_BOTS}::test_after_a_race_the_older_post_stands_and_the_double_is_reported",),
        rule="report_doubles",
    ),
    Mutant(
        name="a thread that is to stay as it was posted is edited",
        file="megabot/core/refreshing.py",
        old="    if not ordered and not follows(case, standing):\n",
        new="    if not ordered and standing.adopted:\n",
        caught_by=(f"{FOLLOWING}::test_with_refresh_never_the_thread_stays_as_it_was_posted",),
        rule="decide_refresh",
    ),
    Mutant(
        name="what a person wrote into a post is overwritten",
        file="megabot/core/refreshing.py",
        old="    elif _edited_by_hand(record, standing):\n",
        new="    elif False:\n",
        caught_by=(
            f"{PASS}::test_a_refresh_never_overwrites_what_a_person_edited_by_hand",
            f"{FOLLOWING}::test_what_a_person_wrote_into_the_post_is_not_overwritten",
        ),
        rule="decide_refresh",
    ),
)

DECISIONS = (*RULES_LEFT_OUT, *RULES_BROKEN)
