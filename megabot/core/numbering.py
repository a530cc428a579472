"""Do a thread's numbers go on from what was posted? A changed schedule may repeat one. Pure."""

from datetime import datetime

from megabot.core import calendar
from megabot.core.calendar import Edition
from megabot.core.records import PostRecord
from megabot.core.threads import Thread


def misnumbered(thread: Thread, newest: PostRecord, now: datetime) -> tuple[Edition, int] | None:
    """Give the next edition and the number that it should have, where its schedule gives it another."""
    ahead = calendar.upcoming(thread.name, thread.schedule, now)
    coming = next((edition for edition in ahead if edition.key != newest.edition), None)
    posted = calendar.by_key(thread.name, thread.schedule, newest.edition)
    if not newest.number or coming is None:
        return None
    if posted is None:  # an edition of another schedule: only that no number comes twice can be told
        return None if coming.number > newest.number else (coming, newest.number + 1)
    wanted = coming.number - posted.number + newest.number
    return None if wanted == coming.number else (coming, wanted)
