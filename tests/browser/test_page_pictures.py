"""The pictures of the docs can be taken again."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.page_pictures import PICTURES, take

pytestmark = pytest.mark.xdist_group("browser")


def test_every_picture_is_taken(browser: Browser, tmp_path: Path) -> None:
    take(browser, tmp_path)

    assert {path.stem for path in tmp_path.glob("*.png")} == set(PICTURES)
