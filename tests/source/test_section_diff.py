"""What changed in the directory between two editions."""

import pytest

from megabot.source.section_diff import (
    LONGEST_ENTRY,
    MAX_CHANGES,
    Change,
    Changes,
    diff_sections,
    templates_use_changes,
)


def section(*entries: str, title: str = "Maps") -> str:
    return f"---\ntitle: {title}\ncw: heights\n---\nWords before.\n\n" + "".join(
        f"- {entry}\n" for entry in entries
    )


def changes(before: dict[str, str], after: dict[str, str]) -> Changes:
    changes = diff_sections(before, after)
    assert changes is not None
    return changes


HILLS = "[Hills](https://maps.example/hills) from above"
COAST = "[Coast](https://maps.example/coast) at low tide"
FILE = "sections/20-maps.md"


def test_where_nothing_changed_there_is_nothing_to_tell() -> None:
    files = {FILE: section(HILLS, COAST), "data/x.yaml": "a: 1"}

    assert diff_sections(files, files | {"data/x.yaml": "a: 2"}) is None


def test_a_new_entry_and_one_that_is_gone_are_told_with_their_section() -> None:
    found = changes({FILE: section(HILLS)}, {FILE: section("Something else entirely")})

    assert found.added == (Change(section="Maps", text="Something else entirely"),)
    assert found.removed == (Change(section="Maps", text=HILLS),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HILLS, "[The high hills](https://maps.example/hills), now without snow or a path"),
        ("A long remark without any link in it", "A long remark without a link in it"),
    ],
)
def test_an_entry_with_the_same_link_or_nearly_the_same_words_was_edited(before: str, after: str) -> None:
    found = changes({FILE: section(before)}, {FILE: section(after)})

    assert found == Changes(edited=(Change(section="Maps", text=after, before=before),))


def test_an_entry_in_another_order_is_no_change() -> None:
    assert diff_sections({FILE: section(HILLS, COAST)}, {FILE: section(COAST, HILLS)}) is None


def test_a_file_with_another_number_is_the_same_section() -> None:
    assert diff_sections({FILE: section(HILLS)}, {"sections/05-maps.md": section(HILLS)}) is None


def test_an_entry_that_moved_to_another_section_is_neither_new_nor_gone() -> None:
    before = {FILE: section(HILLS, COAST), "sections/30-films.md": section("One", title="Films")}
    after = {FILE: section(HILLS), "sections/30-films.md": section("One", COAST, title="Films")}

    assert diff_sections(before, after) is None


def test_a_section_that_is_gone_takes_its_entries_with_it() -> None:
    found = changes({FILE: section(HILLS, title='"Maps"')}, {})

    assert found.removed == (Change(section="Maps", text=HILLS),)


def test_lines_that_go_on_belong_to_their_entry() -> None:
    found = changes({}, {FILE: section("One\n  and more of it", "Two")})

    assert [one.text for one in found.added] == ["One and more of it", "Two"]


def test_a_thousand_changes_are_counted_and_some_are_told() -> None:
    new = [f"Number {number} {'x' * 1_000}" for number in range(1_000)]

    found = changes({}, {FILE: section(*new)})

    assert (len(found.added), found.more) == (MAX_CHANGES, 1_000 - MAX_CHANGES)
    assert max(len(one.text) for one in found.added) == LONGEST_ENTRY


def test_history_is_asked_for_only_by_templates_that_speak_of_it() -> None:
    assert templates_use_changes({"_week.md.j2": "{% if changes %}"})
    assert not templates_use_changes({"thread.md.j2": "{{ exchanges }}", "sections/a.md": "- changes"})
