"""Tags by the names that templates give them."""

from megabot.forum.models import Tag
from megabot.forum.tags import choose_tags, missing_names, nearest_tag

WEEKLY = Tag(id=1, name="weekly", title="Weekly thread")
MAPS = Tag(id=2, name="maps", title="Maps")


def test_a_tag_is_named_by_name_or_title_capital_or_not() -> None:
    assert choose_tags(["WEEKLY", "maps"], [WEEKLY, MAPS]) == (WEEKLY, MAPS)
    assert choose_tags(["weekly THREAD"], [WEEKLY, MAPS]) == (WEEKLY,)
    assert choose_tags([], [WEEKLY]) == ()


def test_names_that_no_tag_has_are_told() -> None:
    assert missing_names(["Weekly", "Mapps"], [WEEKLY, MAPS]) == ("Mapps",)


def test_the_tag_that_was_probably_meant_is_told() -> None:
    assert nearest_tag("Mapps", [WEEKLY, MAPS]) == "Maps"
    assert nearest_tag("Essays", [WEEKLY, MAPS]) == ""
