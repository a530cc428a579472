"""Damage of every kind to the ledger: it is used, or set aside and begun again, and said; never a crash."""

import random
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from megabot.ledger.file import BrokenLedgerMoved
from megabot.ledger.sqlite import SqliteLedger
from megabot.ledger.tables import METADATA
from tests.fakes import FakeClock
from tests.filled_ledger import assert_usable, fill
from tests.memory import memory_folder

SEED = 15
VARIANTS = 20
"""How many of each kind, ten kinds."""
PAGE = 4096

Harm = Callable[[random.Random, bytearray], None]


def flip_a_bit(chance: random.Random, data: bytearray) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def flip_a_bit_of_the_header(chance: random.Random, data: bytearray) -> None:
    data[chance.randrange(100)] ^= 1 << chance.randrange(8)


def flip_a_bit_of_the_schema(chance: random.Random, data: bytearray) -> None:
    pages = [start for start in range(0, len(data), PAGE) if b"CREATE " in data[start : start + PAGE]]
    data[chance.choice([0, *pages]) + chance.randrange(100, PAGE)] ^= 1 << chance.randrange(8)


def garble(chance: random.Random, data: bytearray) -> None:
    start, length = chance.randrange(len(data)), chance.randrange(1, 65)
    data[start : start + length] = chance.randbytes(len(data[start : start + length]))


def garble_a_page(chance: random.Random, data: bytearray) -> None:
    start = chance.randrange(len(data) // PAGE) * PAGE
    data[start : start + PAGE] = chance.randbytes(PAGE)


def forget_a_page(chance: random.Random, data: bytearray) -> None:
    start = chance.randrange(len(data) // PAGE) * PAGE
    data[start : start + PAGE] = bytes(PAGE)


def confuse_two_pages(chance: random.Random, data: bytearray) -> None:
    one, other = (chance.randrange(len(data) // PAGE) * PAGE for _ in range(2))
    data[one : one + PAGE], data[other : other + PAGE] = data[other : other + PAGE], data[one : one + PAGE]


def cut(chance: random.Random, data: bytearray) -> None:
    del data[chance.randrange(len(data)) :]


def replace_all(chance: random.Random, data: bytearray) -> None:
    data[:] = chance.randbytes(chance.randrange(3 * PAGE))


def break_a_name(chance: random.Random, data: bytearray) -> None:
    """Put a byte that is no UTF-8, or another letter, into the name of a table or index."""
    name = chance.choice(NAMES).encode()
    places = [found.start() for found in re.finditer(rb"\b%s\b" % name, data)]
    data[chance.choice(places) + chance.randrange(len(name))] = chance.choice([0xFF, 0x80, 0x00, ord("x")])


HARMS = [
    flip_a_bit,
    flip_a_bit_of_the_header,
    flip_a_bit_of_the_schema,
    garble,
    garble_a_page,
    forget_a_page,
    confuse_two_pages,
    cut,
    replace_all,
    break_a_name,
]
NAMES = [
    *(table.name for table in METADATA.sorted_tables),
    *sorted(str(index.name) for table in METADATA.sorted_tables for index in table.indexes),
]


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(dir=memory_folder()) as made:
        yield Path(made)


def opened(folder: Path, told: list[BrokenLedgerMoved]) -> SqliteLedger:
    return SqliteLedger(folder, FakeClock(), on_wait=lambda: None, on_set_aside=told.append, patience=0.05)


def whole(folder: Path) -> bytes:
    """Make a ledger with rows in every table, and give its file."""
    path = folder / "ledger.db"
    fill(opened(folder, []), path)
    with closing(sqlite3.connect(path)) as connection:
        found = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE sql <> ''")}
    assert found == set(NAMES), "every table and index is harmed"
    return path.read_bytes()


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_a_harmed_ledger_is_used_or_set_aside_and_can_be_written(folder: Path, harm: Harm) -> None:
    """S03."""
    before = whole(folder)
    for variant in range(VARIANTS):
        (place := folder / str(variant)).mkdir()
        seed = f"{SEED} {harm.__name__} {variant}"
        data = bytearray(before)
        harm(random.Random(seed), data)
        (place / "ledger.db").write_bytes(data)
        told: list[BrokenLedgerMoved] = []
        try:
            assert_usable(opened(place, told))
            assert_usable_again(place, told)
        except BaseException as error:
            error.add_note(f"seed: {seed!r}")
            raise


def assert_usable_again(place: Path, told: list[BrokenLedgerMoved]) -> None:
    """The next process finds nothing to set aside, and what was written; what was set aside is kept whole."""
    ledger = opened(place, told)
    assert ledger.image_url("new", "") == "one"
    ledger.close()
    paths = [path for path in place.iterdir() if ".broken-" in path.name]

    assert len(told) <= 1
    assert [one.path for one in told] == paths
    assert {path.name for path in place.iterdir()} - {path.name for path in paths} == {
        "ledger.db",
        "ledger.lock",
    }
