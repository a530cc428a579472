"""The simulation as a state machine: Hypothesis chooses what happens, and shrinks what breaks."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.simulation import events, rules
from tests.simulation.__main__ import quiet_end
from tests.simulation.year import Event, Year

ALWAYS: tuple[Callable[[Year], Iterator[str]], ...] = (
    rules.never_twice,
    rules.right_edition,
    rules.never_bare,
    rules.hands_off,
    rules.a_persons_unpin_stays,
    rules.told_once,
)
"""What holds at every moment; what has to be reached in the end is asked at the end."""

EVENTS: tuple[Event, ...] = (
    *(event for _, event in events.WEEKLY),
    events.a_thread_by_hand,
    events.an_upgrade_at_the_slot,
    events.others_use_up_the_limits,
)


class WeeksOfTrouble(RuleBasedStateMachine):
    """Weeks with slots, and anything that can happen in between."""

    def __init__(self) -> None:
        super().__init__()
        self.year = Year(7)

    @initialize(seed=st.integers(0, 1000))
    def begin(self, seed: int) -> None:
        """The bot starts before the first slot."""
        self.year = Year(seed)
        self._pass(timedelta(hours=1))
        self.year.start()

    @rule(event=st.sampled_from(EVENTS))
    def happen(self, event: Event) -> None:
        """Something happens."""
        event(self.year)
        self._pass(timedelta(0))

    @rule(minutes=st.sampled_from([1, 11, 65, 600]))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self._pass(timedelta(minutes=minutes))

    @rule(seconds=st.integers(0, 90))
    def a_slot_comes(self, seconds: int) -> None:
        """Time passes to the next slot of the news."""
        slot = self.year.slots(self.year.pages.all[0])[0].slot
        self._pass(slot - self.year.clock.at + timedelta(seconds=seconds))

    @invariant()
    def nothing_is_broken(self) -> None:
        """No promise that holds at every moment is broken."""
        assert [*self.year.record.broken, *(one for always in ALWAYS for one in always(self.year))] == []

    def teardown(self) -> None:
        """When everything is in order again, all comes to where it should be."""
        quiet_end(self.year)
        assert list(rules.pins_converge(self.year)) == []

    def _pass(self, span: timedelta) -> None:
        """Let time pass, with all that was left for later."""
        self.year.run_until(self.year.clock.at + span)
