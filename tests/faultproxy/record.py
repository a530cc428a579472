"""What a proxy knows at any time: its rules and how often each was used, and what it saw. No I/O."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tests.faultproxy.faults import Played, Refuse, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request that was read, and what was done with it.

    `reached`: upstream got all of it. `sent`: so many bytes of an answer left for the client, who need not
    have read them.
    """

    number: int
    method: str
    path: str
    fault: Played | None
    reached: bool = False
    sent: int = 0
    is_open: bool = True


class Record:
    """The rules and the log, for many threads."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._changed = threading.Condition()
        self._rules = tuple(rules)
        self._used = [0] * len(self._rules)
        self._log: list[Seen] = []

    def replace_rules(self, rules: Iterable[Rule]) -> None:
        """Start with other rules; requests keep their numbers."""
        with self._changed:
            self._rules = tuple(rules)
            self._used = [0] * len(self._rules)

    def arrive(self, method: str, path: str) -> Seen:
        """Write down a request, with the fault of the first rule that chooses it."""
        with self._changed:
            number = len(self._log) + 1
            fault = self._next_fault(number, method, path)
            self._log.append(Seen(number=number, method=method, path=path, fault=fault))
            self._changed.notify_all()
            return self._log[-1]

    def reach(self, number: int) -> None:
        """Write down that upstream has got a request."""
        with self._changed:
            self._log[number - 1] = replace(self._log[number - 1], reached=True)

    def send(self, number: int, count: int) -> None:
        """Write down that so many more bytes went out."""
        with self._changed:
            seen = self._log[number - 1]
            self._log[number - 1] = replace(seen, sent=seen.sent + count)

    def end(self, number: int) -> None:
        """Write down that nothing more will be done with a request."""
        with self._changed:
            self._log[number - 1] = replace(self._log[number - 1], is_open=False)
            self._changed.notify_all()

    def refuses_next(self) -> bool:
        """Say whether nobody is to listen when the next request comes; it is used up by that."""
        with self._changed:
            for index, rule in enumerate(self._rules):
                if isinstance(rule.fault, Refuse) and self._holds(index, len(self._log) + 1):
                    self._used[index] += 1
                    return True
            return False

    def log(self) -> tuple[Seen, ...]:
        """Copy the log."""
        with self._changed:
            return tuple(self._log)

    def wait_for_quiet(self, limit: float, *, read: int) -> bool:
        """Wait until so many were read and none is open, at most `limit` seconds; say whether that is so."""
        with self._changed:
            return self._changed.wait_for(
                lambda: len(self._log) >= read and not any(seen.is_open for seen in self._log), limit
            )

    def _next_fault(self, number: int, method: str, path: str) -> Played | None:
        for index, rule in enumerate(self._rules):
            if isinstance(rule.fault, Refuse) or not self._holds(index, number):
                continue
            if rule.chooses(number, method, path):
                self._used[index] += 1
                return rule.fault
        return None

    def _holds(self, index: int, number: int) -> bool:
        rule = self._rules[index]
        return number >= rule.first and (rule.times is None or self._used[index] < rule.times)
