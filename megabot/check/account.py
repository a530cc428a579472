"""Checks of the account, its settings and its rights in each thread's community."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from megabot.check import check_text
from megabot.check.findings import (
    Finding,
    Level,
    mistake_finding,
    ok_finding,
    problem_finding,
    warning_finding,
)
from megabot.errors import NotFound, NotSent, RemoteUnreachable, Unreadable
from megabot.forum import tags
from megabot.forum.home_server import Software
from megabot.forum.models import Account, Community, PostLimit, Site
from megabot.i18n import sentences
from megabot.ports import Ports
from megabot.reconcile import communities, describe
from megabot.reconcile.due_slots import due_slots
from megabot.reconcile.post_limit import late_posts
from megabot.reconcile.rules import remote_pin
from megabot.source.model import Pin, Thread

LOOK_AGAIN = timedelta(seconds=30)
# Much less than the hour that stops all writes (decision 22), so that a drift is noticed before.
_MINUTES = timedelta(minutes=5)


def check_account(ports: Ports, *, agree: Callable[[str], bool]) -> Iterator[Finding]:
    """Sign in and check the account and its rights. Raises the forum's errors.

    `agree` is called with a question before settings of the account are changed.
    """
    site = ports.forum.site()
    yield ok_finding(check_text.server_runs(site.actor, site.version))
    yield from check_clock(ports.forum.server_time(), ports.clock.now())
    account = ports.forum.account()
    yield ok_finding(check_text.signed_in(account.person.actor))
    yield from check_settings(ports, account, agree=agree)
    yield from check_recipients(ports)
    threads = ports.source.threads(ports.source.snapshot())
    # Kept for `calendar`, which asks no server.
    ports.ledger.change_account(lambda known: replace(known, post_limit=site.post_limit))
    yield from check_post_limit(ports, threads, site.post_limit)
    for thread in threads:
        name = thread.community or ports.community
        if not name:
            # A missing setting must not hide what else is wrong.
            continue  # check_source reports it
        try:
            community = ports.forum.community(name)
        except NotFound:
            yield problem_finding(f"{thread.name}: {sentences.no_such_community(name)}")
            continue
        # One community that cannot be reached must not hide the findings about the others.
        except RemoteUnreachable as error:
            yield problem_finding(check_text.community_unreachable(thread.name, name, error))
            continue
        communities.remember_community(ports, name, community.ref)
        yield from check_rights(thread, community, account, site)
        if not community.local:
            yield check_remote_pins(thread, community, ports.home_servers.software(community.actor))
            yield check_following(ports, community, agree=agree)


def wait_until_ready(
    ports: Ports, *, agree: Callable[[str], bool], wait: timedelta, tell: Callable[[str], None]
) -> tuple[Finding, ...]:
    """Check every half minute until there is no problem online, and return the last findings.

    `tell` gets what is missing whenever that changes. An unreachable server is waited for too; rejected
    credentials raise, because waiting does not help.
    """
    until, reported = ports.clock.now() + wait, ""
    while True:
        findings = _findings(ports, agree)
        missing = "; ".join(one.sentence for one in findings if one.level is Level.PROBLEM)
        left = until - ports.clock.now()
        if not missing or left <= timedelta(0):
            return findings
        if missing != reported:
            tell(check_text.waiting_for(missing, until, ports.clock.now()))
            reported = missing
        ports.clock.sleep(min(LOOK_AGAIN, left).total_seconds())


def _findings(ports: Ports, agree: Callable[[str], bool]) -> tuple[Finding, ...]:
    try:
        return tuple(check_account(ports, agree=agree))
    except (NotSent, Unreadable) as error:
        return (problem_finding(str(error)),)


def check_recipients(ports: Ports) -> Iterator[Finding]:
    """Check that the recipients of alerts in the settings exist, before an alert needs them."""
    for name in ports.moderators:
        try:
            ports.forum.person(name)
        except NotFound:
            yield problem_finding(sentences.no_such_person(name))


def check_clock(server: datetime | None, now: datetime) -> Iterator[Finding]:
    """Compare the clocks. A write is delayed if they are more than an hour apart."""
    if server is not None and abs(now - server) > _MINUTES:
        yield problem_finding(check_text.clocks_differ(int((now - server).total_seconds())))


def check_post_limit(ports: Ports, threads: Iterable[Thread], limit: PostLimit | None) -> Iterator[Finding]:
    """Warn of threads that the server's limit on new posts delays in the next 31 days."""
    late = late_posts(due_slots(ports, threads), limit) if limit else ()
    for group in late:
        yield warning_finding(describe.posts_late(group, ports.clock.now()))


def check_settings(ports: Ports, account: Account, *, agree: Callable[[str], bool]) -> Iterator[Finding]:
    """Check for account settings that hide the bot's own posts; fix them if `agree` says so."""
    # Not being marked as a bot hides nothing, but most servers require the mark, so it is only a warning.
    wrong = account.hiding_settings if account.person.bot else (*account.hiding_settings, "bot_account")
    if not wrong:
        yield ok_finding(check_text.settings_fine())
    elif agree(check_text.ask_settings(wrong)):
        ports.forum.show_everything()
        yield ok_finding(check_text.settings_changed(wrong))
    elif account.hiding_settings:
        yield problem_finding(check_text.settings_hide(account.hiding_settings))
    else:
        yield warning_finding(check_text.not_marked_as_bot())


def check_rights(thread: Thread, community: Community, account: Account, site: Site) -> Iterator[Finding]:
    """Check what the account may do in a thread's community."""
    moderator = any(one.id == account.person.id for one in community.moderators)
    admin = account.person.admin
    if community.removed or community.deleted:
        yield problem_finding(check_text.community_gone(community.name))
    if community.banned:
        yield problem_finding(check_text.account_is_banned(community.name))
    # Lemmy refuses even an admin who is not a moderator of the community (lemmy-api 2.2).
    if community.moderators_only and not moderator:
        yield problem_finding(check_text.moderators_only(community.name))
    # On another server an admin of this one is an ordinary user (lemmy-api 2.2).
    if thread.pin is not Pin.NONE and not (moderator or (admin and community.local)):
        yield problem_finding(check_text.not_moderator(community.name, account.person.actor))
    elif thread.pin is Pin.LOCAL and not admin:
        yield problem_finding(check_text.not_admin(site.actor))
    else:
        yield ok_finding(check_text.may_pin(thread.name, community.actor))
    yield from check_language(thread, community, site)
    yield from check_tags(thread, community)


def check_remote_pins(thread: Thread, community: Community, software: Software) -> Finding:
    """Check whether pins reach a community on another server, before anything is posted."""
    host = remote_pin.host(community.actor)
    if thread.pin is Pin.COMMUNITY and software.refuses_pins:
        return problem_finding(check_text.pins_do_not_arrive(community.actor, host, software.version))
    if thread.pin is Pin.COMMUNITY and not software.name:
        return warning_finding(check_text.software_unknown(community.actor, host))
    return warning_finding(check_text.remote_community(community.actor, host))


def check_following(ports: Ports, community: Community, *, agree: Callable[[str], bool]) -> Finding:
    """Check that the bot follows a community on another server; follow it if `agree` says so."""
    # Without a local follower the server accepts no comments or pins from that community (lemmy-api 2.10).
    if community.followed:
        return ok_finding(check_text.follows(community.actor))
    if not agree(check_text.ask_to_follow(community.actor)):
        return problem_finding(check_text.does_not_follow(community.actor))
    ports.forum.follow(community.id)
    return ok_finding(check_text.follows_now(community.actor))


def check_tags(thread: Thread, community: Community) -> Iterator[Finding]:
    """Find tags in the front matter that the community lacks. Lemmy 0.19 has no tags at all."""
    if thread.tags and community.tags is None:
        yield mistake_finding(Level.WARNING, check_text.no_tags(thread.path))
        return
    offered = community.tags or ()
    for name in tags.missing_names(thread.tags, offered):
        near, there = tags.nearest_tag(name, offered), [tag.title for tag in offered]
        unknown = check_text.unknown_tag(thread.path, name, community.name, near=near, there=there)
        yield mistake_finding(Level.PROBLEM, unknown)


def check_language(thread: Thread, community: Community, site: Site) -> Iterator[Finding]:
    """Check now, and not only at the slot, whether the community allows the thread's language (A09)."""
    if not thread.language:
        return
    number = site.languages.get(thread.language)
    if number is None:
        yield mistake_finding(Level.PROBLEM, check_text.unknown_language(thread.path, thread.language))
    elif community.languages and number not in community.languages:
        refused = check_text.language_not_allowed(thread.path, thread.language, community.name)
        yield mistake_finding(Level.PROBLEM, refused)
