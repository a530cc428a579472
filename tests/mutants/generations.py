"""Mutants of what a Lemmy 1.0 and an upgrade to it ask for."""

from tests.mutants.mutant import Mutant

FOUND_OUT = "tests/integration/test_lemmy_upgrade.py"
PROXY = "tests/integration/test_faultproxy.py"
AUTHORITY = "tests/integration/test_commands_authority.py"
COMMANDS = "tests/integration/test_commands_by_comment.py"
UNDO = "tests/integration/test_undo.py"
ON_1_0 = "tests/integration/test_on_1_0.py"

GENERATIONS = (
    Mutant(
        name="a token is had over the API that an upgraded server keeps out of courtesy",
        file="megabot/adapters/lemmy_calls.py",
        old="        if not self._speech.is_spoken():\n",
        new="        if False:\n",
        caught_by=(f"{FOUND_OUT}::test_a_sign_in_over_v3_finds_out_first_that_the_server_was_upgraded",),
    ),
    Mutant(
        name="an answer of 422 without a word is a no",
        file="megabot/adapters/lemmy_answer.py",
        old="    if status == _NOT_FOUND and not body.strip():\n",
        new='    if status == 422:\n        return Refused("The server said no.", code="no")\n'
        "    if status == _NOT_FOUND and not body.strip():\n",
        caught_by=(
            f"{PROXY}::test_a_post_that_was_made_is_of_unknown_outcome_and_not_made_again",
            f"{PROXY}::test_a_post_that_never_got_there_is_of_unknown_outcome",
        ),
    ),
    Mutant(
        name="on 1.0 mentions alone are listed",
        file="megabot/adapters/lemmy_v4_inbox.py",
        old='query: Form = {"limit": PAGE}',
        new='query: Form = {"type_": "mention", "limit": PAGE}',
        caught_by=(
            f"{COMMANDS}::test_a_moderator_has_a_fresh_copy_made[v4]",
            f"{COMMANDS}::test_an_answer_to_the_bot_needs_no_mention[v4]",
        ),
    ),
    Mutant(
        name="each edit of a comment is heard as another command",
        file="megabot/inbox.py",
        old="        new = [notice for notice in listing.notices if heard(notice.key) is None]\n",
        new="        new = list(listing.notices)\n",
        caught_by=(f"{AUTHORITY}::test_a_command_that_is_saved_again_is_obeyed_once[v4]",),
    ),
    Mutant(
        name="1.0's mod log is asked by the post alone, and tells no name",
        file="megabot/adapters/lemmy_v4.py",
        old='        where: Form = {"community_id": community_id, "post_id": post_id}\n',
        new='        where: Form = {"post_id": post_id}\n',
        caught_by=(f"{UNDO}::test_the_post_that_was_replaced_is_pinned_again_the_copy_locked[v4-lost]",),
    ),
    Mutant(
        name="of a removed post without its text nothing is asked",
        file="megabot/evidence.py",
        old="    known |= {post.id for post in removals if post.body}\n",
        new="    known |= {post.id for post in ground.content.posts}\n",
        caught_by=(f"{ON_1_0}::test_a_removed_thread_whose_text_nobody_shows_is_not_posted_again",),
    ),
    Mutant(
        name="that a copy was taken back is forgotten after weeks",
        file="megabot/listing.py",
        old="        earliest = min(earliest, records[-1].slot)\n",
        new="",
        caught_by=(f"{UNDO}::test_it_stays_undone_through_weeks_without_another_thread",),
    ),
)
