"""What a pass did about one thread, as a value."""

import logging
from dataclasses import dataclass

from megabot.errors import Bug, ConfigError, MegabotError, NotFound
from megabot.reconcile.actions import Action, Write
from megabot.reconcile.observation import Observation
from megabot.source.model import Thread

log = logging.getLogger("megabot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a pass did about one thread, what it left and why. `failure` is what went wrong on the way.

    `rendered` says that the template gave a text.
    """

    thread: Thread
    observation: Observation | None = None
    done: tuple[Write, ...] = ()
    left: tuple[Action, ...] = ()
    failure: MegabotError | None = None
    rendered: bool = False

    @property
    def verified(self) -> bool:
        """Whether a look after the last write found nothing left to do."""
        return self.failure is None and self.observation is not None and self.observation.confirmed


def may_pass(failure: MegabotError) -> bool:
    """Return whether a failure may be over soon by itself, such as a server that is away."""
    return not isinstance(failure, ConfigError | NotFound)


def failure_of(error: Exception) -> MegabotError:
    """Return an error that can be reported. A foreign one is a bug: its traceback goes to the log."""
    if isinstance(error, MegabotError):
        return error
    log.error("this is a bug in megabot; please report these lines", exc_info=error)
    return Bug(f"this is a bug in megabot ({type(error).__name__}); the log has the details")
