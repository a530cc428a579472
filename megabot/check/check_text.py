"""What `megabot check` says, a sentence for each finding with the next step in it. Wording only."""

from collections.abc import Sequence
from datetime import datetime

from megabot.i18n.times import format_span, moment, time_until
from megabot.i18n.translation import ngettext
from megabot.ledger.records import PostRecord
from megabot.lemmy.link_verdict import Outcome, Verdict
from megabot.schedule.calendar import Edition
from megabot.source.model import Thread
from megabot.source.problems import Problem

_LONGEST_LIST = 560  # of an alert's 700 characters


def slots_render(thread: Thread, count: int, first: datetime, now: datetime) -> str:
    """Say that the upcoming editions can be rendered."""
    when = f"{moment(first, thread.schedule.timezone, now)}, {time_until(first, now)}"
    return f"{thread.name}: the next {count} editions render; the first is posted {when}"


def no_revision(why: str) -> str:
    """Say that the source's revision is not known."""
    return f"the revision of the source is not known, so `source.revision` and `changes` stay empty: {why}"


def number_is_off(path: str, newest: PostRecord, coming: Edition, number: int) -> Problem:
    """Say that a schedule does not count on from what was posted."""
    return Problem(
        path,
        0,
        f"edition {newest.edition} was posted with number {newest.number}, and by the schedule as it "
        f"is now the next one, {coming.key}, has number {coming.number}; to count on, write "
        f"first: {{date: {coming.start}, number: {number}}}",
    )


def thread_is_gone(gone: str, names: list[str]) -> str:
    """Say that a thread is no longer in the source."""
    return (
        f"the ledger knows posts of {gone}, which no template names (there is: {', '.join(names)}). A "
        "thread that was renamed starts another series: its first edition links nothing, and the last post "
        f"of {gone} stays pinned. To go on with the series, write name: {gone}"
    )


def waiting_for(missing: str, until: datetime, now: datetime) -> str:
    """Say what is missing, and how long the check waits for it."""
    return f"{missing} (checking again for {format_span(until - now)}; Ctrl-C ends it)"


def server_runs(actor: str, version: str) -> str:
    """Say what server answers."""
    return f"{actor} runs Lemmy {version}"


def signed_in(actor: str) -> str:
    return f"signed in as {actor}"


def clocks_differ(seconds: int) -> str:
    return f"this machine's clock is {seconds} s from the server's; set it right (timedatectl set-ntp true)"


def settings_fine() -> str:
    """Say that the account sees its own posts."""
    return "the account's settings show it its own posts"


def ask_settings(names: tuple[str, ...]) -> str:
    """Ask before settings are changed."""
    return f"Change the account's settings so that megabot sees its own posts ({', '.join(names)})?"


def settings_changed(names: tuple[str, ...]) -> str:
    return f"changed the account's settings so that it sees its own posts: {', '.join(names)}"


def settings_hide(names: tuple[str, ...]) -> str:
    """Say which settings hide posts."""
    return (
        f"the account's settings hide posts from it: {', '.join(names)}; "
        "without them megabot cannot see whether a thread is there: run megabot check --online --yes"
    )


def not_marked_as_bot() -> str:
    """Say that the account is not marked as a bot."""
    return "the account is not marked as a bot, which most servers ask for: run megabot check --online --yes"


def community_unreachable(thread: str, name: str, error: Exception) -> str:
    """Say that the community's own server does not answer."""
    return (
        f"{thread}: the community {name} cannot be found. {error} Check the name in MEGABOT_COMMUNITY or in "
        "the front matter, or try again later"
    )


def community_gone(name: str) -> str:
    return f"{name}: the community was removed or deleted; nothing can be posted"


def account_is_banned(name: str) -> str:
    return f"{name}: the account is banned from the community; ask its moderators"


def moderators_only(name: str) -> str:
    """Say that only moderators may post."""
    return f"{name}: only moderators may post there, and the account is none"


def not_moderator(name: str, actor: str) -> str:
    """Say that the account may not pin."""
    return (
        f"{name}: {actor} is not a moderator there: it could post but not pin; a moderator appoints it from "
        'the menu of any post or comment of the bot\'s: "appoint as mod"'
    )


def not_admin(site: str) -> str:
    """Say that pinning on the front page needs an admin."""
    return f"pin: local pins on the front page of {site}, which only its admins may"


def may_pin(thread: str, community: str) -> str:
    """Say that the account may do what the thread needs."""
    return f"{thread}: may post and pin in {community}"


def remote_community(actor: str, host: str) -> str:
    """Say that the community is on another server."""
    return (
        f"{actor} is on another server: posts and pins reach it by federation, later and less reliably; "
        f"an account on {host} is the better choice"
    )


def pins_do_not_arrive(actor: str, host: str, version: str) -> str:
    """Say that a community's server takes no pins from other servers."""
    return (
        f"{actor}: {host} runs Lemmy {version}, and a community that was created on Lemmy 0.19 accepts no "
        f"pins from other servers: the thread would be posted, but nobody on {host} would see it pinned. "
        f"Create an account for the bot on {host} and set MEGABOT_INSTANCE to it, or write pin: none in the "
        "front matter"
    )


def follows(actor: str) -> str:
    """Say that the account follows a community."""
    return f"the account follows {actor}"


def follows_now(actor: str) -> str:
    """Say that the account follows a community from now on."""
    return f"the account follows {actor} from now on"


def ask_to_follow(actor: str) -> str:
    """Ask before a community is followed."""
    return f"The account does not follow {actor}, which is on another server. Follow it?"


def does_not_follow(actor: str) -> str:
    """Say why a community of another server has to be followed."""
    return (
        f"the account does not follow {actor}: unless someone else on the bot's server does, comments and "
        "commands from there do not arrive: run megabot check --online --yes, or follow it in a browser"
    )


def software_unknown(actor: str, host: str) -> str:
    """Say that it is not known what a community's server runs."""
    return (
        f"{actor} is on another server, and {host} does not say what it runs: if it is Lemmy 0.19, pins from "
        f"other servers do not arrive; an account on {host} is the better choice"
    )


def unknown_language(path: str, code: str) -> Problem:
    """Say that the server knows no such language."""
    return Problem(
        path, 0, f"language: the server knows no {code!r}; leave it out or use a code it lists, like en"
    )


def language_not_allowed(path: str, code: str, community: str) -> Problem:
    return Problem(
        path, 0, f"language: {community} does not allow {code!r}; ask its moderators, or leave it out"
    )


def no_tags(path: str) -> Problem:
    """Say that the server knows no tags."""
    return Problem(
        path, 0, "tags: they need Lemmy 1.0 and this server runs an older one; posts go up without them"
    )


def unknown_tag(path: str, name: str, community: str, *, near: str, there: Sequence[str]) -> Problem:
    hint = (
        f"did you mean {near}?" if near else f"it has: {', '.join(there)}" if there else "it has no tags yet"
    )
    return Problem(path, 0, f"tags: {community} has no tag {name} ({hint}); posts go up without it")


def link(address: str, verdict: Verdict) -> tuple[str, str]:
    """Say what is known of a link, and what to do about it."""
    if verdict.outcome is Outcome.DEAD:
        return f"{address} is dead: {verdict.why}", "take it out, or link a copy in an archive"
    return f"{address}: cannot tell whether it is alive: {verdict.why}", "look at it in a browser"


def no_network() -> str:
    """Say that this machine is offline."""
    return (
        "The network is missing: no server of any link could be reached, so the links were not checked. "
        "Connect this machine (or set MEGABOT_PROXY) and run this again"
    )


def links_alive(alive: int, number: int) -> str:
    """Say how many links are well."""
    return f"{alive} of {number} links are alive" if number else "there are no links"


def dead_link(path: str, line: int | None, address: str) -> str:
    """Name a dead link with its place."""
    return f"{path}:{line} {address}" if line else f"{path} {address}"


def dead_links(places: Sequence[str]) -> str:
    """List the dead links for the moderators, as many as a message has room for."""
    shown: list[str] = []
    for place in places:
        if len(" ".join([*shown, place])) > _LONGEST_LIST and shown:
            break
        shown.append(place)
    listed, left = ", ".join(shown), len(places) - len(shown)
    if left:
        # Translators: {links} is a list of links, and {left} is how many more are not shown.
        listed = ngettext("{links}, and {left} more", "{links}, and {left} more", left).format(
            links=listed, left=left
        )
    return ngettext(
        "{number} link is dead (see all with: megabot check --links): {links}",
        "{number} links are dead (see all with: megabot check --links): {links}",
        len(places),
    ).format(number=len(places), links=listed)


def links_took_too_long() -> str:
    """Say that the weekly look at the links was given up."""
    return "the weekly look at the links took too long and was ended; run megabot check --links to see why"


def links_not_looked_at() -> str:
    """Say that the weekly look at the links came to nothing."""
    return "the weekly look at the links came to nothing; run megabot check --links to see why"
