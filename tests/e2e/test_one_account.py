"""A ledger belongs to one account on one server: it says whose it is and refuses every other."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lemmy_sandbox import Sandbox
from lemmy_sandbox.user_client import User
from megabot.cli.service_process import ServiceProcess
from megabot.clock import Stop
from megabot.errors import ForeignLedger
from megabot.ledger.ownership import Owner
from megabot.ledger.sqlite import SqliteLedger
from tests.e2e.conftest import Megabot
from tests.fakes import FakeClock

VERBS = [
    "post",
    "plan",
    "status",
    "history",
    "calendar",
    "hold news",
    "resume news",
    "check",
    "check --online",
    "preview",
    "undo",
    "site --output site",
    "login",
    "logout",
    "backup copy.db",
    "run",
]
NEXT_STEP = "set MEGABOT_STATE_DIR to another folder for this bot, for example MEGABOT_STATE_DIR=state"


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], Sandbox]]:
    """Start other servers by their names, with the same account and community."""
    started: list[Sandbox] = []

    def start(hostname: str) -> Sandbox:
        sandbox = Sandbox(lambda: datetime.now(UTC), hostname=hostname).__enter__()
        for name in ("modlin", "megabot", "newsbot"):
            sandbox.add_person(name, bot=name != "modlin")
        sandbox.add_community("news", "News", moderators=["modlin", "megabot", "newsbot"])
        started.append(sandbox)
        return sandbox

    yield start
    for sandbox in started:
        sandbox.__exit__(None, None, None)


def state(home: Path) -> Path:
    return home / ".local" / "state" / "megabot"


def opened(home: Path) -> SqliteLedger:
    return SqliteLedger(
        state(home), FakeClock(), on_wait=lambda: None, on_set_aside=lambda kept: pytest.fail(str(kept))
    )


def owner(home: Path) -> dict[str, str]:
    with closing(opened(home)) as ledger:
        kept = ledger.account().owner
    assert kept is not None
    return asdict(kept)


def make_older(home: Path) -> None:
    """Make the ledger one of a version that recorded no owner."""
    with closing(opened(home)) as ledger:
        nobody = Owner(name="", host="", address="")
        ledger.change_account(lambda account: replace(account, owner=nobody))


def posts(sandbox: Sandbox) -> int:
    return len(User(sandbox.url).get("post/list", community_name="news")["posts"])


def test_the_first_proven_account_is_recorded(megabot: Megabot, nobodys_home: Path, sandbox: Sandbox) -> None:
    megabot("check", "--online")

    address = sandbox.url.removeprefix("http://")
    assert owner(nobodys_home) == {"name": "megabot", "host": "lemmy.example", "address": address}


@pytest.mark.parametrize("words", VERBS)
def test_every_verb_refuses_the_ledger_of_another_server(
    words: str, megabot: Megabot, elsewhere: Callable[[str], Sandbox], nobodys_home: Path
) -> None:
    """S12."""
    megabot("post")
    (token,) = [path.read_bytes() for path in state(nobodys_home).glob("token/token.json")]
    other = elsewhere("other.example")

    code, out, err = megabot(*words.split(), INSTANCE=other.url)

    assert (code, out) == (2, ""), err
    assert "belongs to megabot on lemmy.example, but the settings are for megabot on " in err
    assert NEXT_STEP in err
    assert posts(other) == 0
    assert (state(nobodys_home) / "token/token.json").read_bytes() == token


@pytest.mark.parametrize("words", VERBS)
def test_every_verb_refuses_the_ledger_of_another_account(
    words: str, megabot: Megabot, nobodys_home: Path, sandbox: Sandbox
) -> None:
    megabot("post")

    code, _, err = megabot(*words.split(), USERNAME="newsbot")

    assert code == 2
    assert "belongs to megabot on lemmy.example, but the settings are for newsbot on " in err
    assert posts(sandbox) == 1


def test_the_same_server_at_another_address_goes_on_with_its_ledger(
    megabot: Megabot, nobodys_home: Path, elsewhere: Callable[[str], Sandbox]
) -> None:
    megabot("check", "--online")
    moved = elsewhere("lemmy.example")

    code, _, err = megabot("status", INSTANCE=moved.url)
    assert code == 2, "without asking a server it cannot be told"
    assert "If it is the same server at a new address, run: megabot login" in err
    before = owner(nobodys_home)
    code, _, err = megabot("plan", INSTANCE=moved.url)
    assert (code, owner(nobodys_home)) == (0, before), err
    code, out, err = megabot("post", INSTANCE=moved.url)

    assert code == 0, err
    assert "(pinned)" in out
    assert owner(nobodys_home)["address"] == moved.url.removeprefix("http://")
    assert megabot("status", INSTANCE=moved.url)[0] == 0


def test_an_upgraded_server_is_the_same_one(megabot: Megabot, nobodys_home: Path, sandbox: Sandbox) -> None:
    megabot("post")
    before = owner(nobodys_home)
    sandbox.upgrade()
    (state(nobodys_home) / "token/token.json").unlink()

    code, _, err = megabot("post")

    assert code == 4, err
    assert owner(nobodys_home) == before


def test_the_name_may_be_written_otherwise(megabot: Megabot, nobodys_home: Path) -> None:
    megabot("post")

    code, _, err = megabot("status", USERNAME="MegaBot")

    assert code == 0, err


def test_a_ledger_from_before_owners_goes_on_and_records_its_own(
    megabot: Megabot, nobodys_home: Path
) -> None:
    megabot("post")
    before = owner(nobodys_home)
    make_older(nobodys_home)

    code, out, err = megabot("post")

    assert code == 4, err
    assert "/post/1 (pinned)" in out
    assert owner(nobodys_home) == before


@pytest.mark.parametrize("settings", [{"USERNAME": "newsbot"}, {}])
def test_a_ledger_from_before_owners_refuses_whom_its_token_does_not_name(
    settings: dict[str, str], megabot: Megabot, nobodys_home: Path, elsewhere: Callable[[str], Sandbox]
) -> None:
    megabot("post")
    make_older(nobodys_home)
    other = elsewhere("other.example")

    code, _, err = megabot("post", INSTANCE=other.url, **settings)

    assert code == 2
    assert "belongs to megabot on lemmy.example" in err
    assert posts(other) == 0


def test_a_ledger_without_its_token_is_judged_by_its_posts(
    megabot: Megabot, nobodys_home: Path, elsewhere: Callable[[str], Sandbox]
) -> None:
    """A backup holds no token."""
    megabot("post")
    make_older(nobodys_home)
    (state(nobodys_home) / "token/token.json").unlink()
    other = elsewhere("other.example")

    code, _, err = megabot("post", INSTANCE=other.url)

    assert code == 2
    assert "belongs to an account on lemmy.example" in err
    assert posts(other) == 0


def test_a_service_keeps_its_settings_if_new_ones_name_another_account(
    sandbox: Sandbox, source: Path, quiet_log: None, elsewhere: Callable[[str], Sandbox]
) -> None:
    file = source.parent / "bot.env"
    folder = source.parent / "state"

    def write(url: str, name: str) -> None:
        file.write_text(
            f"MEGABOT_INSTANCE={url}\nMEGABOT_USERNAME={name}\nMEGABOT_PASSWORD='correct horse'\n"
            f"MEGABOT_COMMUNITY=news\nMEGABOT_SOURCE={source}\nMEGABOT_STATE_DIR={folder}\n"
        )
        file.chmod(0o600)

    write(sandbox.url, "megabot")
    running = ServiceProcess({"env_file": str(file)}, Stop())
    running.app.ports.forum.account()
    for url, name in ((sandbox.url, "newsbot"), (elsewhere("other.example").url, "megabot")):
        write(url, name)
        with pytest.raises(ForeignLedger):
            running.reload()
    running.app.close()

    assert running.app.settings.username == "megabot"
    assert running.app.settings.instance == sandbox.url
