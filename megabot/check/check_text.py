"""The sentences of `megabot check`, each with the next step. Wording only."""

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
    when = f"{moment(first, thread.schedule.timezone, now)}, {time_until(first, now)}"
    return f"{thread.name}: the next {count} editions render, the first for {when}"


def no_revision(why: str) -> str:
    return f"the git revision is unknown, so `source.revision` and `changes` are empty in templates: {why}"


def number_is_off(path: str, newest: PostRecord, coming: Edition, number: int) -> Problem:
    return Problem(
        path,
        0,
        f"edition {newest.edition} was posted with number {newest.number}, but according to the schedule the "
        f"next one, {coming.key}, will have number {coming.number}; to continue the numbering, write "
        f"first: {{date: {coming.start}, number: {number}}}",
    )


def thread_is_gone(gone: str, names: list[str]) -> str:
    return (
        f"the ledger has posts of {gone}, but no template has this name (there are: {', '.join(names)}). "
        "A renamed thread starts a new series: its first edition does not link back, and the last post "
        f"of {gone} stays pinned. To continue the series, write name: {gone}"
    )


def waiting_for(missing: str, until: datetime, now: datetime) -> str:
    return f"{missing} (checking again for {format_span(until - now)}; press Ctrl-C to stop)"


def server_runs(actor: str, version: str) -> str:
    return f"{actor} runs Lemmy {version}"


def signed_in(actor: str) -> str:
    return f"signed in as {actor}"


def clocks_differ(seconds: int) -> str:
    return f"this machine's clock is {seconds} s off from the server's; correct it: timedatectl set-ntp true"


def settings_fine() -> str:
    return "the account's settings let the bot see its own posts"


def ask_settings(names: tuple[str, ...]) -> str:
    return f"Change the account's settings so that the bot sees its own posts ({_settings(names)})?"


def settings_changed(names: tuple[str, ...]) -> str:
    return f"changed the account's settings so that the bot sees its own posts: {_settings(names)}"


_SETTING_NAMES = {
    "bot_account": "Bot account",
    "show_bot_accounts": "Show bot accounts",
    "show_read_posts": "Show read posts",
    "show_nsfw": "Show NSFW content",
    "hide_posts_with_media": "Hide media",
    "discussion_languages": "Languages",
    "blocking_keywords": "Blocked keywords",
    "default_post_time_range_seconds": "Default post time range",
}


def _settings(names: tuple[str, ...]) -> str:
    """Return settings by names like the labels in Lemmy's web client."""
    return ", ".join(f'"{_SETTING_NAMES.get(name, name)}"' for name in names)


def settings_hide(names: tuple[str, ...]) -> str:
    return (
        "these account settings hide posts from the bot, so it cannot see whether a thread exists: "
        f"{_settings(names)}. To fix them, run: megabot check --online --yes"
    )


def not_marked_as_bot() -> str:
    return "the account is not marked as a bot, as most servers require; run: megabot check --online --yes"


def community_unreachable(thread: str, name: str, error: Exception) -> str:
    return (
        f"{thread}: the community {name} cannot be found. {error} Check the name in MEGABOT_COMMUNITY or in "
        "the front matter, or try again later"
    )


def community_gone(name: str) -> str:
    return f"{name}: the community was removed or deleted, so nothing can be posted; choose another one"


def account_is_banned(name: str) -> str:
    return f"{name}: the account is banned from this community; ask its moderators"


def moderators_only(name: str) -> str:
    return f"{name}: only moderators can post there, and the account is not one; ask to be appointed"


def not_moderator(name: str, actor: str) -> str:
    return (
        f"{name}: {actor} is not a moderator there, so it can post but not pin. A moderator can appoint it: "
        'open the menu of any post or comment by the bot and choose "appoint as mod"'
    )


def not_admin(site: str) -> str:
    return (
        f"pin: local pins on the front page of {site}, which only its admins can do; write pin: community, "
        "or ask for admin rights"
    )


def may_pin(thread: str, community: str) -> str:
    return f"{thread}: the account can post and pin in {community}"


def remote_community(actor: str, host: str) -> str:
    return (
        f"{actor} is on another server: posts and pins reach it through federation, with delays and less "
        f"reliably. An account on {host} would be better"
    )


def pins_do_not_arrive(actor: str, host: str, version: str) -> str:
    return (
        f"{actor}: {host} runs Lemmy {version}, and communities created on Lemmy 0.19 do not accept pins "
        f"from other servers: the thread would be posted, but nobody on {host} would see it pinned. "
        f"Create an account for the bot on {host} and set MEGABOT_INSTANCE to it, or write pin: none in the "
        "front matter"
    )


def follows(actor: str) -> str:
    return f"the account follows {actor}"


def follows_now(actor: str) -> str:
    return f"the account now follows {actor}"


def ask_to_follow(actor: str) -> str:
    return f"The account does not follow {actor}, which is on another server. Follow it?"


def does_not_follow(actor: str) -> str:
    return (
        f"the account does not follow {actor}. Unless someone else on the bot's server does, comments and "
        "commands from there do not arrive. Run megabot check --online --yes, or follow it in a browser"
    )


def software_unknown(actor: str, host: str) -> str:
    return (
        f"{actor} is on another server, and {host} does not report its software. If it runs Lemmy 0.19, pins "
        f"from other servers do not arrive. An account on {host} would be better"
    )


def unknown_language(path: str, code: str) -> Problem:
    return Problem(
        path, 0, f"language: the server does not offer {code!r}; use a code it lists, like en, or omit it"
    )


def language_not_allowed(path: str, code: str, community: str) -> Problem:
    return Problem(path, 0, f"language: {community} does not allow {code!r}; ask its moderators, or omit it")


def no_tags(path: str) -> Problem:
    return Problem(
        path, 0, "tags: this server runs a Lemmy before 1.0, which has no tags; threads are posted without"
    )


def unknown_tag(path: str, name: str, community: str, *, near: str, there: Sequence[str]) -> Problem:
    hint = (
        f"did you mean {near}?" if near else f"it has: {', '.join(there)}" if there else "it has no tags yet"
    )
    return Problem(path, 0, f"tags: {community} has no tag {name} ({hint}); threads are posted without it")


def link(address: str, verdict: Verdict) -> tuple[str, str]:
    """Return what was found out about a link, and what to do about it."""
    if verdict.outcome is Outcome.DEAD:
        return f"{address} is dead: {verdict.why}", "remove it, or link to an archived copy"
    return f"{address} could not be checked: {verdict.why}", "open it in a browser"


def no_network() -> str:
    return (
        "This machine seems to be offline: none of the linked servers could be reached, so the links were "
        "not checked. Connect it (or set MEGABOT_PROXY) and run this again"
    )


def links_alive(alive: int, number: int) -> str:
    return f"{alive} of {number} links work" if number else "there are no links"


def dead_link(path: str, line: int | None, address: str) -> str:
    return f"{path}:{line} {address}" if line else f"{path} {address}"


def dead_links(places: Sequence[str]) -> str:
    """Return a message with as many dead links as fit."""
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
    return "the weekly link check took too long and was stopped; to see why, run: megabot check --links"


def links_not_looked_at() -> str:
    return "the weekly link check failed; to see why, run: megabot check --links"
