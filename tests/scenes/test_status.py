"""What `status` says comes from the ledger and the calendar; the ledger knows what the last look saw."""

from megabot.commands import status
from megabot.commands.status import ThreadStatus
from tests.scenario import ON_BOTH
from tests.world import SLOT, WEEK, World


def read(world: World) -> ThreadStatus:
    (found,) = status.read(world.ports()).threads
    return found


@ON_BOTH
def test_a_thread_that_a_person_unpinned_is_not_called_pinned(world: World) -> None:
    world.post()
    before = read(world).pinned
    world.hand("modlin").feature(1, featured=False)

    world.run_pass()

    assert (before, read(world).pinned) == (True, False)


def test_a_thread_that_nobody_ever_pinned_is_called_so(world: World) -> None:
    world.post()
    (world.state / "ledger.db").unlink()
    world.hand("modlin").feature(1, featured=False)

    world.run_pass()

    assert read(world).pinned is None


def test_an_edition_that_waits_for_a_person_is_named_until_it_has_its_post(world: World) -> None:
    world.run_pass()
    waiting = read(world).empty

    world.post()

    assert (waiting, read(world).empty) == ("2026-W47", "")


def test_an_edition_is_named_while_the_one_before_stands(world: World) -> None:
    world.post()

    world.clock.at = SLOT + WEEK

    assert (read(world).edition, read(world).empty) == ("2026-W47", "2026-W48")
