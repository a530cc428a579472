"""Everything that can be wrong, looked for before it matters: the source, the next slots, the account."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain, islice

from megabot import check_files, check_texts, places, texts
from megabot.core import calendar, federation, tags
from megabot.core.calendar import Edition
from megabot.core.context import edition_facts
from megabot.core.editions import upcoming_or_last
from megabot.core.federation import Software
from megabot.core.numbering import first_is_no_slot, numbering_gap
from megabot.core.posts import Account, Community, Site
from megabot.core.preambles import preambles_without_slot
from megabot.core.problems import Problem
from megabot.core.threads import (
    CompanionFacts,
    Context,
    Pin,
    PreviousFacts,
    RenderProblem,
    Snapshot,
    Thread,
)
from megabot.errors import NotFound, NotSent, RemoteUnreachable, SourceBroken, Unreadable
from megabot.ports import OfflinePorts, Ports

SLOTS = 60
LOOK_AGAIN = timedelta(seconds=30)
_MINUTES = timedelta(minutes=5)


class Level(StrEnum):
    """How bad a finding is: only a problem makes the check fail."""

    FINE = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `sentence` carries the next step where there is one.

    `about` is the mistake in a file that it tells of, with its place; None where it is of no file. `link` is
    the address that it is about.
    """

    level: Level
    sentence: str
    about: Problem | None = None
    link: str = ""


def ok_finding(sentence: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(Level.FINE, sentence)


def warning_finding(sentence: str) -> Finding:
    """Say that something is odd but hinders nothing."""
    return Finding(Level.WARNING, sentence)


def problem_finding(sentence: str) -> Finding:
    """Say that something has to be mended."""
    return Finding(Level.PROBLEM, sentence)


def mistake_finding(level: Level, problem: Problem, *, link: str = "") -> Finding:
    """Tell of a mistake in a file of the source."""
    return Finding(level, str(problem), problem, link)


def check_source(ports: OfflinePorts, *, slots: int = SLOTS) -> Iterator[Finding]:
    """Read the source and render the next slots of every thread; every mistake once.

    Raises `SourceMissing`.
    """
    findings: set[Finding] = set()
    for finding in _source(ports, slots):
        if finding not in findings:
            yield finding
        findings.add(finding)


def _source(ports: OfflinePorts, slots: int) -> Iterator[Finding]:
    snapshot = ports.source.snapshot()
    if snapshot.no_revision:
        yield warning_finding(check_texts.no_revision(snapshot.no_revision))
    yield from (mistake_finding(Level.WARNING, one) for one in snapshot.ignored)
    try:
        threads = ports.source.threads(snapshot)
    except SourceBroken as error:
        yield from (_broken(one) for one in error.problems)
        yield from (_broken(one) for one in snapshot.problems)
        yield from _in_spite(ports, snapshot, error, slots)
        return
    yield from (mistake_finding(Level.WARNING, one) for one in preambles_without_slot(snapshot, threads))
    found = [list(_thread(ports, snapshot, thread, slots)) for thread in threads]
    yield from chain.from_iterable(found)
    if any(finding.level is Level.PROBLEM for finding in chain.from_iterable(found)):
        yield from _beside(ports, snapshot, [thread.name for thread in threads])
    names = {thread.name for thread in threads}
    gone = (name for name in ports.ledger.threads() if name not in names)
    yield from (warning_finding(check_texts.thread_is_gone(name, sorted(names))) for name in gone)


def _in_spite(ports: OfflinePorts, snapshot: Snapshot, error: SourceBroken, slots: int) -> Iterator[Finding]:
    """Find what else is wrong: one broken file hides nothing in the others."""
    good = [one for one in error.threads if isinstance(one, Thread)]
    known = [thread.name for thread in good]
    yield from _beside(ports, snapshot, known)
    yield from (
        mistake_finding(Level.WARNING, one) for one in preambles_without_slot(snapshot, good, only=known)
    )
    for thread in good:
        yield from _thread(ports, snapshot, thread, slots)


def _beside(ports: OfflinePorts, snapshot: Snapshot, known: list[str]) -> Iterator[Finding]:
    """Find mistakes in files that a thread with a mistake of its own does not come to."""
    beside = check_files.mistakes(ports.renderer, snapshot, known)
    return (mistake_finding(Level.PROBLEM, one) for one in beside)


def _broken(problem: object) -> Finding:
    return (
        mistake_finding(Level.PROBLEM, problem)
        if isinstance(problem, Problem)
        else problem_finding(str(problem))
    )


def _thread(ports: OfflinePorts, snapshot: Snapshot, thread: Thread, slots: int) -> Iterator[Finding]:
    now = ports.clock.now()
    ahead = list(islice(calendar.upcoming_editions(thread.name, thread.schedule, now), slots))
    coming = ahead or [upcoming_or_last(thread, now)]
    community = thread.community or ports.community or "community"
    jobs = [(thread, example_context(thread, edition, community=community)) for edition in coming]
    jobs.insert(0, (thread, example_context(thread, coming[0], community=community, first=True)))
    answers = ports.renderer.render(snapshot, jobs)
    found: dict[Finding, None] = {}
    for answer in answers:
        if isinstance(answer, RenderProblem):
            found |= dict.fromkeys(mistake_finding(Level.PROBLEM, one) for one in answer.problems)
        else:
            found |= dict.fromkeys(mistake_finding(Level.WARNING, one) for one in answer.warnings)
            found |= dict.fromkeys(mistake_finding(Level.PROBLEM, one) for one in answer.unused)
    yield from found
    off = first_is_no_slot(thread)
    if off is not None:
        yield mistake_finding(Level.WARNING, off)
    if not any(isinstance(answer, RenderProblem) for answer in answers):
        yield ok_finding(check_texts.slots_render(thread, len(coming), coming[0].slot, now))
    records = ports.ledger.posts(thread.name)
    wrong = numbering_gap(thread, records[-1], now) if records else None
    if wrong:
        yield mistake_finding(Level.WARNING, check_texts.number_is_off(thread.path, records[-1], *wrong))
    if not (thread.community or ports.community):
        yield problem_finding(texts.no_community(ports.language, thread.name))


def example_context(thread: Thread, edition: Edition, *, community: str, first: bool = False) -> Context:
    """Make a context to try a template with: like the real one, with invented posts to link."""
    before = PreviousFacts(
        title="The thread before",
        url="https://lemmy.example/post/1",
        number=edition.number - 1,
        slots_ago=1,
        comments=0,
    )
    linked = CompanionFacts(url="https://lemmy.example/post/2", title="A companion thread")
    return Context(
        edition=edition_facts(edition),
        community=community,
        previous=None if first else before,
        companions={
            companion.name: CompanionFacts(url=companion.url) if companion.url else None if first else linked
            for companion in thread.companions
        },
    )


def check_account(ports: Ports, *, agree: Callable[[str], bool]) -> Iterator[Finding]:
    """Sign in and look at the account and its rights. Raises what the forum raises, each in its own sentence.

    `agree` is asked before settings of the account are changed.
    """
    site = ports.forum.site()
    yield ok_finding(check_texts.server_runs(site.actor, site.version))
    yield from check_clock(ports.forum.server_time(), ports.clock.now())
    account = ports.forum.account()
    yield ok_finding(check_texts.signed_in(account.person.actor))
    yield from check_settings(ports, account, agree=agree)
    yield from check_recipients(ports)
    for thread in ports.source.threads(ports.source.snapshot()):
        name = thread.community or ports.community
        if not name:
            continue  # said already, where the source was looked at
        try:
            community = ports.forum.community(name)
        except NotFound:
            yield problem_finding(f"{thread.name}: {texts.no_such_community(ports.language, name)}")
            continue
        except RemoteUnreachable as error:
            yield problem_finding(check_texts.community_unreachable(thread.name, name, error))
            continue
        places.remember_community(ports, name, community.ref)
        yield from check_rights(thread, community, account, site)
        if not community.local:
            yield check_remote_pins(thread, community, ports.home_servers.software(community.actor))
            yield check_following(ports, community, agree=agree)


def wait_until_ready(
    ports: Ports, *, agree: Callable[[str], bool], wait: timedelta, tell: Callable[[str], None]
) -> tuple[Finding, ...]:
    """Look again every half minute until nothing online is a problem, and give the last findings.

    What is missing is told when it changes. Trouble on the way is waited out too; credentials that are
    refused are not, and raise.
    """
    until, told = ports.clock.now() + wait, ""
    while True:
        findings = _findings(ports, agree)
        missing = "; ".join(one.sentence for one in findings if one.level is Level.PROBLEM)
        left = until - ports.clock.now()
        if not missing or left <= timedelta(0):
            return findings
        if missing != told:
            tell(check_texts.waiting_for(missing, until, ports.clock.now()))
            told = missing
        ports.clock.sleep(min(LOOK_AGAIN, left).total_seconds())


def _findings(ports: Ports, agree: Callable[[str], bool]) -> tuple[Finding, ...]:
    try:
        return tuple(check_account(ports, agree=agree))
    except (NotSent, Unreadable) as error:
        return (problem_finding(str(error)),)


def check_recipients(ports: Ports) -> Iterator[Finding]:
    """Look up whom the settings name, before there is something to tell them."""
    for name in ports.moderators:
        try:
            ports.forum.person(name)
        except NotFound:
            yield problem_finding(texts.no_such_person(name))


def check_clock(server: datetime | None, now: datetime) -> Iterator[Finding]:
    """Compare the clocks: a write is held where they are more than an hour apart."""
    if server is not None and abs(now - server) > _MINUTES:
        yield problem_finding(check_texts.clocks_differ(int((now - server).total_seconds())))


def check_settings(ports: Ports, account: Account, *, agree: Callable[[str], bool]) -> Iterator[Finding]:
    """Find the account's settings that hide its own posts; change them only if that is agreed to."""
    wrong = account.hiding_settings if account.person.bot else (*account.hiding_settings, "bot_account")
    if not wrong:
        yield ok_finding(check_texts.settings_fine())
    elif agree(check_texts.ask_settings(wrong)):
        ports.forum.show_everything()
        yield ok_finding(check_texts.settings_changed(wrong))
    elif account.hiding_settings:
        yield problem_finding(check_texts.settings_hide(account.hiding_settings))
    else:
        yield warning_finding(check_texts.not_marked_as_bot())


def check_rights(thread: Thread, community: Community, account: Account, site: Site) -> Iterator[Finding]:
    """Tell what the account may do in a thread's community, and what is missing."""
    moderator = any(one.id == account.person.id for one in community.moderators)
    admin = account.person.admin
    if community.removed or community.deleted:
        yield problem_finding(check_texts.community_gone(community.name))
    if community.banned:
        yield problem_finding(check_texts.account_is_banned(community.name))
    if community.moderators_only and not moderator:
        yield problem_finding(check_texts.moderators_only(community.name))
    if thread.pin is not Pin.NONE and not (moderator or (admin and community.local)):
        yield problem_finding(check_texts.not_moderator(community.name, account.person.actor))
    elif thread.pin is Pin.LOCAL and not admin:
        yield problem_finding(check_texts.not_admin(site.actor))
    else:
        yield ok_finding(check_texts.may_pin(thread.name, community.actor))
    yield from check_language(thread, community, site)
    yield from check_tags(thread, community)


def check_remote_pins(thread: Thread, community: Community, software: Software) -> Finding:
    """Find out whether pins reach a community of another server, before anything is posted."""
    host = federation.host(community.actor)
    if thread.pin is Pin.COMMUNITY and software.refuses_pins:
        return problem_finding(check_texts.pins_do_not_arrive(community.actor, host, software.version))
    if thread.pin is Pin.COMMUNITY and not software.name:
        return warning_finding(check_texts.software_unknown(community.actor, host))
    return warning_finding(check_texts.remote_community(community.actor, host))


def check_following(ports: Ports, community: Community, *, agree: Callable[[str], bool]) -> Finding:
    """Find out whether the bot follows a community of another server, and follow it if that is agreed to."""
    if community.followed:
        return ok_finding(check_texts.follows(community.actor))
    if not agree(check_texts.ask_to_follow(community.actor)):
        return problem_finding(check_texts.does_not_follow(community.actor))
    ports.forum.follow(community.id)
    return ok_finding(check_texts.follows_now(community.actor))


def check_tags(thread: Thread, community: Community) -> Iterator[Finding]:
    """Find tags of the front matter that the community has not; a server of 0.19 has none at all."""
    if thread.tags and community.tags is None:
        yield mistake_finding(Level.WARNING, check_texts.no_tags(thread.path))
        return
    offered = community.tags or ()
    for name in tags.missing_names(thread.tags, offered):
        near, there = tags.nearest_tag(name, offered), [tag.title for tag in offered]
        unknown = check_texts.unknown_tag(thread.path, name, community.name, near=near, there=there)
        yield mistake_finding(Level.PROBLEM, unknown)


def check_language(thread: Thread, community: Community, site: Site) -> Iterator[Finding]:
    """Find out now, not at the slot, whether the community takes the thread's language (A09)."""
    if not thread.language:
        return
    number = site.languages.get(thread.language)
    if number is None:
        yield mistake_finding(Level.PROBLEM, check_texts.unknown_language(thread.path, thread.language))
    elif community.languages and number not in community.languages:
        refused = check_texts.language_not_allowed(thread.path, thread.language, community.name)
        yield mistake_finding(Level.PROBLEM, refused)
