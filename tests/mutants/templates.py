"""Mutants of what a template may say: its rhythms, its dates, its links, and where its settings are read."""

from tests.mutants.mutant import Mutant

CALENDAR = "megabot/core/calendar.py"
PASS = "tests/integration/test_pass.py"
RENDERING = "tests/unit/test_template_rendering.py"
FILTERS = "tests/unit/test_template_filters.py"

TEMPLATES = (
    Mutant(
        name="template: two slots of a day share a key",
        file=CALENDAR,
        old="        return slot_key(day, at)\n",
        new="        return day.isoformat()\n",
        caught_by=(f"{PASS}::test_twice_a_day_each_slot_has_its_own_post_that_links_the_one_before",),
    ),
    Mutant(
        name="template: a skip of one slot is lost",
        file=CALENDAR,
        old=" or key in schedule.skip_keys",
        new="",
        caught_by=(f"{PASS}::test_of_two_slots_of_a_day_one_can_be_skipped",),
    ),
    Mutant(
        name="template: footnotes of essay and template collide",
        file="megabot/adapters/template_rendering.py",
        old='essay = Optional(preamble, text=namespaced(preamble["text"], "essay"))',
        new="essay = preamble",
        caught_by=(f"{RENDERING}::test_footnotes_of_essay_and_template_are_kept_apart",),
    ),
    Mutant(
        name="template: the year of the week passes for the year",
        file="megabot/adapters/template_filters.py",
        old='if "Y" in has and ',
        new='if "Y" not in has and ',
        caught_by=(f"{FILTERS}::test_a_date_that_cannot_be_written_says_why",),
    ),
    Mutant(
        name="template: the service parses front matter itself",
        file="megabot/adapters/folder_source.py",
        old="from megabot.adapters.thread_reader import threads",
        new="from megabot.adapters.thread_files import threads",
        caught_by=("tests/unit/test_structure.py::test_what_is_slow_or_big_stays_out",),
    ),
)
