"""Mutants of what moderators command: who may, how often, about which edition."""

from tests.mutants.mutant import Mutant

AUTHORITY = "tests/integration/test_commands_authority.py"
ELSEWHERE = "tests/integration/test_commands_from_elsewhere.py"
EXCEPTIONS = "tests/integration/test_exceptions.py"
INBOX = "tests/integration/test_inbox.py"
LATE = "tests/integration/test_late_essay.py"

COMMANDS = (
    Mutant(
        name="an admin commands without a setting",
        file="megabot/inbox.py",
        old=" if self._ports.admins else ()",
        new="",
        caught_by=(f"{AUTHORITY}::test_an_admin_of_the_server_is_a_stranger",),
    ),
    Mutant(
        name="an admin of a while ago commands",
        file="megabot/inbox.py",
        old="site(anew=True)",
        new="site()",
        caught_by=(f"{AUTHORITY}::test_who_was_an_admin_a_minute_ago_is_not_obeyed",),
    ),
    Mutant(
        name="a restored ledger has a copy made again",
        file="megabot/core/seen.py",
        old="return self.at is not None and self.at < deed",
        new="return False",
        caught_by=(f"{AUTHORITY}::test_a_restored_ledger_does_not_obey_again_what_was_never_answered",),
    ),
    Mutant(
        name="what is marked as read in the browser is not heard",
        file="megabot/inbox.py",
        old=" if heard(notice.key) is None]\n",
        new=" if notice.unread and heard(notice.key) is None]\n",
        caught_by=(
            f"{INBOX}::test_a_command_that_somebody_read_in_the_browser_is_heard_with_the_next_one",
            f"{INBOX}::test_a_command_that_somebody_read_in_the_browser_is_heard_within_the_hour",
        ),
    ),
    Mutant(
        name="the inbox is not listed once more after the mark",
        file="megabot/inbox.py",
        old="            self._mark_all()\n            self._list()\n",
        new="            self._mark_all()\n",
        caught_by=(f"{INBOX}::test_what_is_said_while_all_is_marked_as_read_is_heard",),
    ),
    Mutant(
        name="the inbox is not listed at the start",
        file="megabot/inbox.py",
        old="        if waiting or anew or self._owed:\n",
        new="        if waiting:\n",
        caught_by=(f"{INBOX}::test_what_is_said_while_all_is_marked_as_read_is_heard",),
    ),
    Mutant(
        name="the watermark is kept before what is below it",
        file="megabot/inbox.py",
        old=" if heard(notice.key) is None]\n",
        new=" if heard(notice.key) is None]\n"
        "        self._ports.ledger.remember(_WATERMARK, listing.watermark.text())\n",
        caught_by=(f"{AUTHORITY}::test_while_nobody_knows_who_moderates_a_command_waits",),
    ),
    Mutant(
        name="the watermark of one API is taken for the other's",
        file="megabot/core/watermark.py",
        old="        mark, at = self.newest.get(name), self.at\n",
        new="        mark, at = max(self.newest.values(), default=0), self.at\n",
        caught_by=(f"{INBOX}::test_an_upgrade_hides_nothing_and_has_nothing_obeyed_again",),
    ),
    Mutant(
        name="the watermark of before a server was put back hides what is new",
        file="megabot/core/watermark.py",
        old="        if mark is not None and mark <= newest:\n",
        new="        if mark is not None:\n",
        caught_by=(
            "tests/contract/test_inbox.py::test_a_watermark_of_before_the_server_was_put_back_hides_nothing",
        ),
    ),
    Mutant(
        name="a ledger that was put back answers again",
        file="megabot/inbox.py",
        old="        if state in _ANSWERED and self._was_answered(heard):\n",
        new="        if False:\n",
        caught_by=(f"{AUTHORITY}::test_a_restored_ledger_does_not_answer_again",),
    ),
    Mutant(
        name="a message confirms what a message ordered",
        file="megabot/commanded.py",
        old="    if not heard.comment_id:  # ",
        new="    if False:  # ",
        caught_by=(f"{ELSEWHERE}::test_a_message_confirms_nothing",),
    ),
    Mutant(
        name="a code counts again",
        file="megabot/core/confirming.py",
        old=" or (not one.used and at <= one.until)",
        new=" or at <= one.until",
        caught_by=(f"{ELSEWHERE}::test_a_code_counts_once",),
    ),
    Mutant(
        name="a list is read to its end each time",
        file="megabot/core/watermark.py",
        old="        if len(new) < len(page):\n            break\n",
        new="",
        caught_by=(f"{INBOX}::test_a_command_costs_four_requests_and_pages_a_tick",),
    ),
    Mutant(
        name="a second skip takes another week",
        file="megabot/core/amendments.py",
        old="    return skips.get(following.key) if following else None\n",
        new="    return None\n",
        caught_by=(f"{EXCEPTIONS}::test_an_edition_is_skipped_once_however_often_that_is_said",),
    ),
    Mutant(
        name="an edition that is posted is held",
        file="megabot/core/amendments.py",
        old="    if edition.key in posted:\n",
        new="    if False:\n",
        caught_by=(f"{EXCEPTIONS}::test_an_edition_that_is_posted_is_not_changed",),
    ),
    Mutant(
        name="what is taken back waits for the next hour",
        file="megabot/schedulers.py",
        old="changed or overridden or",
        new="changed or",
        caught_by=(f"{EXCEPTIONS}::test_what_was_held_is_posted_by_the_tick_that_hears_the_word",),
    ),
    Mutant(
        name="a late essay is put in with another moment each time",
        file="megabot/compose.py",
        old="return said or texts.added(",
        new="return texts.added(",
        caught_by=(
            f"{LATE}::test_what_was_put_in_once_is_not_put_in_again",
            f"{LATE}::test_an_essay_that_the_server_refuses_is_not_sent_again_each_hour",
        ),
    ),
)
