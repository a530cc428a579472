"""Mutants of what keeps a standing thread alive: announcements, highlights, texts that are kept."""

from tests.mutants.mutant import Mutant

ANNOUNCING = "tests/integration/test_announcing.py"
LIVING_THREAD = "tests/integration/test_living_thread.py"

LIVING = (
    Mutant(
        name="the next thread is announced long before its moment",
        file="megabot/core/announcing.py",
        old="    elif coming.slot - span <= case.now and not (\n",
        new="    elif not (\n",
        caught_by=(f"{ANNOUNCING}::test_six_hours_before_the_slot_one_comment_says_when_and_is_marked",),
        rule="say_that_the_next_comes",
    ),
    Mutant(
        name="a first comment that was removed is made again",
        file="megabot/core/announcing.py",
        old="    if _was_tried(case, standing, IntentKind.FIRST_COMMENT):\n        return\n",
        new="",
        caught_by=(f"{ANNOUNCING}::test_a_first_comment_that_somebody_removed_is_not_made_again",),
        rule="comment_first",
    ),
    Mutant(
        name="an old thread gets a first comment",
        file="megabot/core/announcing.py",
        old=" or case.now - posted > FIRST_WITHIN:",
        new=":",
        caught_by=(f"{ANNOUNCING}::test_a_thread_that_is_up_for_long_gets_no_first_comment",),
    ),
    Mutant(
        name="a removed comment stays among the highlights",
        file="megabot/living.py",
        old="    if not comment.open or comment.url != one.url:\n",
        new="    if comment.url != one.url:\n",
        caught_by=(f"{LIVING_THREAD}::test_a_deleted_or_removed_comment_leaves_by_itself",),
    ),
    Mutant(
        name="who opted out is put forward",
        file="megabot/promoting.py",
        old="    if who.actor in living.opted_out(ledger) or who.bot:\n",
        new="    if who.bot:\n",
        caught_by=(f"{LIVING_THREAD}::test_a_person_opts_out_and_is_not_put_forward_again",),
    ),
)
