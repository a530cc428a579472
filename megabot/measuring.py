"""Measuring a running bot after each pass, for a monitor. It must never be what stops the bot."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from megabot import status
from megabot.core.metrics import Metrics
from megabot.errors import ConfigError, UserError
from megabot.ports import OfflinePorts

log = logging.getLogger("megabot")


class Meter:
    """Counts passes from its making on. `sign_ins` gives how many are left and when the token was got."""

    def __init__(
        self,
        ports: OfflinePorts,
        *,
        version: str,
        sign_ins: Callable[[], tuple[int, datetime | None]],
        write: Callable[[Metrics], None],
    ) -> None:
        self._desk = ports
        self._sign_ins = sign_ins
        self._write = write
        self._vitals = Metrics(
            version=version, measured=ports.clock.now(), verified_passes=0, failed_passes=0
        )

    def note(self, *, well: bool) -> None:
        """Count a pass, verified or failed, and write down how the bot is."""
        now, before = self._desk.clock.now(), self._vitals
        if well:
            count = before.verified_passes + 1
            self._vitals = replace(before, measured=now, verified=now, verified_passes=count)
        else:
            self._vitals = replace(before, measured=now, failed_passes=before.failed_passes + 1)
        try:
            self._write(self._looked())
        except (UserError, ConfigError) as error:
            log.warning("%s", error)

    def _looked(self) -> Metrics:
        left, issued = self._sign_ins()
        vitals = replace(self._vitals, sign_ins_left=left, token_issued=issued)
        try:
            found = status.read(self._desk)
        except (UserError, ConfigError):
            return vitals  # a broken source or ledger is said elsewhere
        return replace(
            vitals,
            slots={one.thread: one.next_slot for one in found.threads if one.next_slot is not None},
            unknown={one.thread: len(one.unknown) for one in found.threads},
            alerts=len(found.alerts),
        )
