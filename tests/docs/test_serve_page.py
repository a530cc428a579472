"""Numbers and messages in the docs about the page for moderators are those of the program."""

import re
from datetime import timedelta
from pathlib import Path

from megabot.cli.verbs.web import DEFAULT
from megabot.commands.web_access import LINK_VALID, SESSION_VALID
from megabot.web.moderators import RECENT
from megabot.web.pages.calendar import COUNT
from megabot.web.security import FORM_LONGEST, Attempts
from tests.builders import NOW

ROOT = Path(__file__).parents[2]
SERVE, MODERATORS, SECURITY = (
    " ".join((ROOT / "docs" / name).read_text("utf-8").split())
    for name in ("how-to/serve-the-page.md", "how-to/moderator-page.md", "explanation/security.md")
)


def test_the_address_is_that_of_the_unit_and_of_the_program() -> None:
    unit = (ROOT / "systemd/megabot-web.service").read_text("utf-8")

    assert f"web --listen {DEFAULT}" in unit
    assert set(re.findall(r"127\.0\.0\.1:\d+", SERVE)) == {DEFAULT}


def test_the_limits_are_those_of_the_program() -> None:
    kilobytes = FORM_LONGEST // 1024
    minutes, hours = LINK_VALID // timedelta(minutes=1), SESSION_VALID // timedelta(hours=1)
    attempts = Attempts()
    for _ in range(10):
        assert attempts.allow("192.0.2.1", NOW)
        attempts.failed("192.0.2.1", NOW)

    assert f"refuses forms over {kilobytes} KB" in SERVE
    assert f"client_max_body_size {kilobytes}k;" in SERVE
    assert f"forms over {kilobytes} KB are refused" in SECURITY
    assert f"may be {RECENT.seconds} seconds old" in SERVE
    assert f"Open it within {minutes} minutes" in MODERATORS
    assert f"signed in for {hours} hours" in MODERATORS
    assert f"for at most {hours} hours" in SECURITY
    assert f"the next {COUNT} editions" in MODERATORS
    assert not attempts.allow("192.0.2.1", NOW)
    assert "until ten attempts from one address have failed within 15 minutes" in SECURITY


def test_the_messages_are_those_of_the_page() -> None:
    said = set(re.findall(r'\| "([^"]+)"', SERVE))
    words = "".join(
        path.read_text("utf-8") for path in (ROOT / "megabot/web").rglob("*.*") if path.suffix != ".pyc"
    )

    assert len(said) == 2
    assert {one for one in said if one not in words} == set()
