"""docs/how-to/moderator-page.md: its pictures are those of `make pictures`, its words those of the page."""

import re
from pathlib import Path

from tests.page_pictures import FOLDER, LARGEST, PICTURES

PAGE = (FOLDER.parent / "moderator-page.md").read_text("utf-8")
TEMPLATES = Path(__file__).parents[2] / "megabot/web/templates"


def test_the_pictures_are_those_that_the_tool_takes() -> None:
    shown = re.findall(r"!\[[^\]]{20,}\]\(moderator-page/([^)]+)\.png\)", PAGE)

    assert sorted(shown) == sorted(PICTURES) == sorted(path.stem for path in FOLDER.iterdir())
    assert all((FOLDER / f"{name}.png").stat().st_size <= LARGEST for name in shown)


def test_each_button_that_it_names_is_on_the_page() -> None:
    named = set(re.findall(r"\*\*([^*]+)\*\*", PAGE)) - {"note", "highlight"}
    words = "".join(path.read_text("utf-8") for path in TEMPLATES.iterdir())

    assert {one for one in named if f'_("{one}")' not in words} == set()
