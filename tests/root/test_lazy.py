"""Values that are made on first use."""

import threading
from collections.abc import Callable

from megabot.lazy import lazy_property


class Made:
    def __init__(self, make: Callable[[], int]) -> None:
        self.make = make

    @lazy_property
    def value(self) -> int:
        return self.make()


def test_a_value_is_made_once_and_not_before_it_is_used() -> None:
    numbers = iter(range(10))
    made = Made(lambda: next(numbers))

    assert next(numbers) == 0
    assert (made.value, made.value, next(numbers)) == (1, 1, 2)


def test_an_object_that_waits_lets_no_other_one_wait() -> None:
    begun, over = threading.Event(), threading.Event()

    def hang() -> int:
        begun.set()
        over.wait(30)
        return 1

    hanging, other = Made(hang), Made(lambda: 2)
    thread = threading.Thread(target=lambda: hanging.value)
    thread.start()
    assert begun.wait(30)
    found: list[int] = []
    second = threading.Thread(target=lambda: found.append(other.value), daemon=True)
    second.start()
    second.join(30)
    over.set()
    thread.join()

    assert found == [2]
