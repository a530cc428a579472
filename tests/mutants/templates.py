"""Mutants of what a template may say: its rhythms, its dates, its links, and where its settings are read."""

from collections.abc import Collection, Mapping

from megabot.rendering.child import filters, namespaces, template
from megabot.schedule import calendar
from megabot.source import folder, thread_files, thread_reader
from tests.mutants.change import call, condition, imports, operand, without_operand
from tests.mutants.mutant import Mutant

PASS = "tests/scenes/test_pass.py"
RENDERING = "tests/rendering/test_template.py"
FILTERS = "tests/rendering/test_filters.py"


def as_it_is(preamble: Mapping[str, str]) -> str:
    return preamble["text"]


def has_no_year_of_the_week(has: Collection[str]) -> bool:
    return "Y" not in has


TEMPLATES = (
    Mutant(
        name="template: two slots of a day share a key",
        changes=(condition(calendar._key, 1, gives=False),),
        caught_by=(f"{PASS}::test_twice_a_day_each_slot_has_its_own_post_that_links_the_one_before",),
    ),
    Mutant(
        name="template: a skip of one slot is lost",
        changes=(without_operand(calendar._edition, 1, 2),),
        caught_by=(f"{PASS}::test_of_two_slots_of_a_day_one_can_be_skipped",),
    ),
    Mutant(
        name="template: footnotes of essay and template collide",
        changes=(call(template._names, namespaces.prefix_labels, gives=as_it_is),),
        caught_by=(f"{RENDERING}::test_footnotes_of_essay_and_template_are_kept_apart",),
    ),
    Mutant(
        name="template: the year of the week passes for the year",
        changes=(operand(filters._refuse_slips, 2, 1, gives=has_no_year_of_the_week),),
        caught_by=(f"{FILTERS}::test_a_date_that_cannot_be_written_says_why",),
    ),
    Mutant(
        name="template: the service parses front matter itself",
        changes=(imports(folder, thread_reader, becomes=thread_files),),
        caught_by=("tests/repository/test_structure.py::test_what_is_slow_or_big_stays_out",),
    ),
)
