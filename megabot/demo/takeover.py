"""The scenes of the demo with two hosts: what a takeover looks like, and that it posts nothing twice."""

from collections.abc import Callable
from datetime import timedelta

from megabot.demo.hosts import Host, Hosts
from megabot.demo.scenes import FIRST_SLOT, WEEK

Scene = Callable[[Hosts], None]

EDITIONS = [f"news/2026-W{week}" for week in (45, 46, 47, 48)]


def one_acts_and_one_stands_by(hosts: Hosts) -> None:
    """The host that starts first holds the account and posts."""
    hosts.one.start()
    hosts.two.start()
    hosts.until(FIRST_SLOT + timedelta(days=1))


def a_host_is_killed_before_a_slot(hosts: Hosts) -> None:
    """Its lease ends half a minute later; the other host takes over and posts on time."""
    hosts.until(FIRST_SLOT + WEEK - timedelta(minutes=2))
    hosts.one.kill()
    hosts.until(FIRST_SLOT + WEEK + timedelta(hours=1))
    hosts.one.start()
    hosts.until(FIRST_SLOT + WEEK + timedelta(days=1))


def a_host_freezes_right_before_it_sends(hosts: Hosts) -> None:
    """It had recorded the post; the other host looks for it, waits ten minutes and posts it once."""
    hosts.two.before_send = lambda host: _freeze(hosts, host)
    hosts.until(FIRST_SLOT + 2 * WEEK)
    hosts.until(FIRST_SLOT + 2 * WEEK + timedelta(days=1))


def _freeze(hosts: Hosts, host: Host) -> None:
    host.before_send = lambda _: None
    host.is_frozen = True
    hosts.stage.say(host.name, "has recorded what it is about to post, and freezes before it sends")
    hosts.until(hosts.stage.clock.at + timedelta(minutes=30))
    host.is_frozen = False
    hosts.stage.say(host.name, "goes on, confirms its claim, finds it lost and sends nothing")


def the_database_is_away_at_a_slot(hosts: Hosts) -> None:
    """Without the ledger nothing is posted; the thread is late, and the moderators are told why."""
    slot = FIRST_SLOT + 3 * WEEK
    hosts.until(slot - timedelta(minutes=1))
    hosts.database.is_away = True
    hosts.stage.say("narrator", "the database does not answer")
    for minute in range(21):
        hosts.until(slot + timedelta(minutes=minute))
    hosts.database.is_away = False
    hosts.stage.say("narrator", "the database is back")
    hosts.until(slot + timedelta(minutes=22))
    if hosts.one.app is not None:
        for _, sentence in hosts.one.app.offline_ports.alerts.active_alerts():
            hosts.stage.say("narrator", f"the moderators get an alert: {sentence}")
    hosts.until(slot + timedelta(days=1))


SCENES: tuple[Scene, ...] = (
    one_acts_and_one_stands_by,
    a_host_is_killed_before_a_slot,
    a_host_freezes_right_before_it_sends,
    the_database_is_away_at_a_slot,
)
