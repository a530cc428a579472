"""Measure how the cost of some work grows with its input, as a ratio of two sizes in one run.

A limit in seconds would test the machine and its load. A ratio tests the code: with four times the input a
linear algorithm costs four times as much, a quadratic one sixteen times.
"""

from collections.abc import Callable
from time import process_time
from typing import TypeVar

Input = TypeVar("Input")
TIMES = 4
"""How many times larger the larger input is."""
CONSTANT, LINEAR = 2.5, 9.0
"""The highest ratio allowed for work of constant or linear cost; a quadratic one has 16."""
_MEASURED = 0.01  # the least CPU time of one measurement, in seconds
_TRIES = 3


def growth(
    make: Callable[[int], Input], work: Callable[[Input], object], *, size: int, enough: float = LINEAR
) -> float:
    """Return the ratio of CPU times of the larger input to the smaller: the best of some tries.

    Stops at the first try below `enough`.
    """
    small, large = make(size), make(size * TIMES)
    work(small)  # so that one-time loading and compiling is not measured
    ratios = []
    for _ in range(_TRIES):
        ratios.append(_cost(work, large) / _cost(work, small))
        if ratios[-1] < enough:
            break
    return min(ratios)


def _cost(work: Callable[[Input], object], given: Input) -> float:
    """Return the CPU time of one call, averaged over enough calls to measure it."""
    calls, spent = 0, 0.0
    while spent < _MEASURED:
        began = process_time()
        work(given)
        spent += process_time() - began
        calls += 1
    return spent / calls
