"""The result of a pass for one thread, as a value."""

import logging
from dataclasses import dataclass

from megabot.errors import Bug, ConfigError, MegabotError, NotFound
from megabot.reconcile.actions import Action, Write
from megabot.reconcile.observation import Observation
from megabot.source.model import Thread

log = logging.getLogger("megabot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a pass did for one thread (`done`), and what it did not do and why (`left`).

    `rendered`: the template was rendered without errors.
    """

    thread: Thread
    observation: Observation | None = None
    done: tuple[Write, ...] = ()
    left: tuple[Action, ...] = ()
    failure: MegabotError | None = None
    rendered: bool = False

    @property
    def verified(self) -> bool:
        """Whether a listing after the last write showed that nothing is left to do."""
        return self.failure is None and self.observation is not None and self.observation.confirmed


def may_pass(failure: MegabotError) -> bool:
    """Return whether a failure may be temporary, such as a server that is down."""
    return not isinstance(failure, ConfigError | NotFound)


def failure_of(error: Exception) -> MegabotError:
    """Return an error that can be reported. Any other exception is a bug: its traceback goes to the log."""
    if isinstance(error, MegabotError):
        return error
    log.error("this is a bug in megabot; please report it with these lines", exc_info=error)
    return Bug(f"this is a bug in megabot ({type(error).__name__}); please report the lines in the log")
