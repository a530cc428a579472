"""How the cost of a piece of work grows with its input, as a ratio of two sizes measured in one run.

A limit in seconds would test the machine and what else it does; a ratio tests the code: four times the input
costs a linear program four times as much, a quadratic one sixteen times.
"""

from collections.abc import Callable
from time import process_time
from typing import TypeVar

Input = TypeVar("Input")
TIMES = 4
"""How many times as large the larger input is."""
CONSTANT, LINEAR = 2.5, 9.0
"""The most that such a program may cost for the larger input, by the smaller one; a quadratic one: 16."""
_MEASURED = 0.01  # seconds of CPU time that one measurement lasts at least
_TRIES = 3


def growth(
    make: Callable[[int], Input], work: Callable[[Input], object], *, size: int, enough: float = LINEAR
) -> float:
    """Return how many times as much CPU time `TIMES` the size costs: the best of some tries, or `enough`."""
    small, large = make(size), make(size * TIMES)
    work(small)  # what is loaded or compiled once is no part of it
    ratios = []
    for _ in range(_TRIES):
        ratios.append(_cost(work, large) / _cost(work, small))
        if ratios[-1] < enough:
            break
    return min(ratios)


def _cost(work: Callable[[Input], object], given: Input) -> float:
    """Return the CPU time of one call, by as many as it takes to measure it."""
    calls, spent = 0, 0.0
    while spent < _MEASURED:
        began = process_time()
        work(given)
        spent += process_time() - began
        calls += 1
    return spent / calls
