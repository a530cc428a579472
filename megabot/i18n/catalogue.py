"""The sentences that people on Lemmy read, in English; a file gives them in another language. Wording only.

What stands in braces is filled in: names, addresses, moments, the words of commands. What a server, a
template or git says is quoted as it is. A table has a sentence for each value of an enum, which it names by
the value, so that this package imports none of those that speak.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from megabot.i18n.hold_reasons import HOLDS

_VERBS = {
    "status": "what stands and what is next",
    "preview": "the next edition, by private message; `preview all` with its whole text",
    "post": (
        "post the current edition if it is missing, even if there is a thread made by hand; `post next`: the "
        "next one now, before its time; `post part 2` when a thread is too long"
    ),
    "repost": "a fresh copy of the current edition; `repost yes` while the thread is up",
    "undo": "take a fresh copy back: the thread that it replaced is pinned again",
    "refresh": "bring the thread up to its template; `refresh title`: its title too",
    "adopt": "take the thread this is written in as an edition",
    "unadopt": "undo that, in a comment in the same thread",
    "hold": "do not post the next edition before `resume`",
    "skip": "leave the next edition out",
    "move": "`move 18:00`, `move +2h`, `move Friday 18:00`: post the next edition at another time",
    "resume": "take hold, skip and move back",
    "preamble": "by private message: the lines after it open the next edition; `preamble clear`",
    "note": (
        "`note TEXT`, `note TEXT for 6 hours`, `note TEXT until Friday 18:00`: a line on top of the thread; "
        "`unnote` removes it"
    ),
    "feature": "in an answer to a comment: put it among the highlights; `unfeature` takes it out",
    "optout": "for everybody: nothing of yours is put forward any more",
    "alerts": "`alerts on`, `alerts off`: private messages when something needs a person",
}
_MISUNDERSTOOD = {
    "unknown verb": "I do not know the word {word}.",
    "unknown thread": "There is no thread {word} here.",
    "wrong argument": "After `{verb}` I do not understand {word}.",
    "missing argument": "`{verb}` needs one word more: {usage}.",
    "too long": "That is too long for `{verb}`: at most {longest} characters.",
    "not first": "To have me do that, begin a line with my name: `{bot} {verb}`.",
    "only by message": ("`{verb}` goes by private message to me, so that nobody reads it before its time."),
}
_KINDS = {
    "publish": "post",
    "pin": "pin",
    "unpin": "unpin",
    "comment": "link in the old thread",
    "lock": "lock",
    "unlock": "unlock",
    "edit": "edit",
    "adopt": "adopt",
    "withdraw": "withdraw",
    "announce": "announcement in the old thread",
    "distinguish": "mark on the announcement",
    "first_comment": "first comment",
    "distinguish_first": "mark on the first comment",
    "release": "undo of an adoption",
}
_OBJECTIONS = {
    "posted": "{edition} is posted: {url}; hold, skip and move are for editions to come",
    "over": "{edition} is over; hold, skip and move are for editions to come",
    "skipped": "{edition} is skipped; if a moderator did that, undo it with: {command}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language: a sentence, or a table of sentences, in each field."""

    # -- moments
    weekdays: str = "Mon Tue Wed Thu Fri Sat Sun"
    months: str = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    day_and_time: str = "{weekday} {day} {month} {time}"
    later: str = "later"
    days: str = "{number} days"
    hours: str = "{number} h"
    minutes: str = "{number} min"

    # -- help, and what is not understood
    help: str = (
        "I respond to moderators: begin a comment with `{bot}` and one of these words, or a private message "
        "with the word alone. A colon after my name works in my own threads; elsewhere leave it out, because "
        "the server would not tell me of the comment."
    )
    threads: str = "The threads are {threads}; name one behind the word."
    verbs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(_VERBS))
    misunderstood: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(_MISUNDERSTOOD))
    nothing_said: str = "What may I do?"
    did_you_mean: str = "Did you mean `{near}`?"
    help_lists: str = "`{bot} help` lists everything."
    which_thread: str = "Which one: {threads}? As in `{bot} {verb} {example}`."
    not_here: str = "{thread} is not commanded from here; here it is {threads}."
    too_old: str = (
        "This reached me more than {days} days after it was written. Say it again if it still holds."
    )
    confirm: str = (
        "Messages from another server can be forged there. If you mean it, comment within {minutes} minutes "
        "in the community: `{bot} yes {code}`"
    )
    confirm_in_public: str = "Say that in a comment in the community: a private message confirms nothing."
    nothing_to_confirm: str = "I have nothing waiting under that code from you; say the order again."
    failed: str = "That did not work: {error}"

    # -- orders
    stands_pinned: str = "{edition}: {url} (pinned)"
    stands_unpinned: str = "{edition}: {url} (not pinned)"
    next_is: str = "{thread}: the next edition {edition} is posted {at}; to post it now: {command}"
    next_is_then: str = "{thread}: the next edition {edition} is posted {at}"
    no_next_edition: str = "{thread}: its schedule has no further edition"
    not_to_be_posted: str = (
        "{thread}: {edition} cannot be posted now, only the current or the next edition: {allowed}"
    )
    not_verified: str = "{thread}: not everything is as it should be yet; see: {command}"
    adopted_as: str = "{thread}: {url} is edition {edition} from now on"
    released_as: str = "{thread}: {url} is no longer edition {edition}"
    has_no_post_now: str = (
        "{thread}: {edition} has no post now and is posted by the next pass; to prevent that: {command}"
    )
    unadopt_where: str = "Say `unadopt` in a comment in the thread that you mean."
    ask_repost: str = "{thread} is already posted ({comments} comments): {url}; to post a new copy: {command}"
    run_again: str = (
        "it is not known yet whether the post was created, and it could not be found; the service keeps "
        "checking, or run this command again after {until}"
    )
    holds: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(HOLDS))
    adopt_there: str = "`adopt`, in a comment there"
    adopt_where: str = "Say `adopt` in a comment in the thread that you mean."
    no_such_thread: str = "there is no thread {name} in the source; it has: {known}"
    in_no_community: str = "{url} is in no community that {thread} lives in"
    in_no_community_at_all: str = "{url} is in no community that a thread of the source lives in"
    which_of: str = "{url} may belong to any of {threads}; say which with --thread NAME"
    no_such_edition: str = "{thread}: its schedule has no edition {key}; write it as in {example}"
    no_edition_before: str = (
        "{thread}: there is no edition before the current one; name one: --edition {example}"
    )
    no_community: str = (
        "{thread}: no community; set MEGABOT_COMMUNITY, or community: NAME in the thread's front matter"
    )
    no_such_community: str = (
        "the community {name} does not exist on this server or is not visible to the bot; correct "
        "MEGABOT_COMMUNITY or the front matter (name@host for one on another server), then run: megabot "
        "check --online"
    )

    # -- editions
    held: str = "{edition} is on hold and will not be posted; to release it: {command}"
    skipped: str = "{edition} will be skipped; to undo that: {command}"
    moved: str = "{edition} will be posted {at} instead of {usual}; to undo that: {command}"
    moved_back: str = "{edition} will be posted {at}, its usual time"
    held_already: str = "{edition} is already on hold, by {by} since {at}; to release it: {command}"
    skipped_already: str = (
        "{edition} is already skipped, by {by} since {at}; to skip the next one too: {command}"
    )
    objections: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(_OBJECTIONS))
    cannot_move: str = (
        "{edition} cannot be moved to {at}: that is in the past, or past the time of the edition before or "
        "after it"
    )
    resumed: str = "{what}: all holds, skips and moves are cancelled"
    nothing_to_resume: str = "{what}: nothing is on hold, skipped or moved"
    changed: str = "{edition}: {verb} by {by}, {at}"
    changed_to: str = "{edition}: {verb} to {slot} by {by}, {at}"

    # -- preambles and previews
    preamble_kept: str = "The preamble of {edition} is saved; it overrides the file."
    preamble_put_in: str = "The preamble of {edition} is saved and put into the current thread."
    preamble_other: str = "For {other}: {command}. To remove this one: {clear}"
    preamble_remove: str = "To remove it: {clear}"
    preamble_there: str = "`preamble {words}` by private message, with the text on the lines below"
    preamble_clear_there: str = "`preamble {words} clear` by private message"
    preamble_too_late: str = "{edition} is over; a preamble is for the current thread or for one to come"
    preamble_cleared: str = "{edition} uses the preamble file again"
    preamble_refused: str = "this cannot be the preamble of {edition}, so nothing was changed: {why}"
    preamble_left_out: str = (
        "{edition}: the preamble that was sent for it cannot be used, so the thread has that of the file, "
        "or none: {why}. To send a corrected one: {command}. To drop it: {clear}"
    )
    no_preamble_to_clear: str = "no preamble was sent for {edition}"
    preamble_of_another: str = "to remove that of another edition: {command}"
    added: str = "*Added at {at}.*"
    no_preamble: str = (
        "{edition} will be posted {at} and still has no preamble. Add the file {file}, or use: {command}"
    )
    preview_bare: str = "(no preamble)"
    preview_differs: str = "What differs from {url}:"
    preview_same: str = "The rest is as in {url}."
    part: str = "({number} of {count})"
    more_lines: str = "and {number} lines more"
    broken: str = "The template is broken:"
    sent_by_message: str = "I have sent it to you by private message."
    next_by_message: str = (
        "This was my reply number {number} within {minutes} minutes, so the next ones come by private "
        "message for a while."
    )

    # -- what people put around a post
    note: str = "> **Note, {at}:** {text}"
    note_until: str = "> **Note, {at} (until {until}):** {text}"
    highlights: str = "## Highlights"
    highlight: str = "- {line} ({by}, {at})"
    noted: str = (
        "The note is on top of the thread. It has no end: it stays until you say `unnote`, or until the next "
        "edition. To give it an end, finish it with `for 6 hours` or `until Friday 18:00`."
    )
    noted_until: str = "The note is on top of the thread until {until}."
    note_over: str = "the note would end {until}, which is over; say it again with a later end"
    unnoted: str = "The note is off."
    no_note: str = "there is no note on the thread"
    featured: str = "The comment is among the highlights."
    unfeatured: str = "The comment is no highlight any more."
    feature_where: str = "say feature or unfeature in an answer to the comment that is meant"
    feature_elsewhere: str = "that comment is in none of the threads that I keep here"
    feature_gone: str = "that comment was deleted or removed"
    feature_not_wanted: str = "its author does not want to be put forward, or is a bot"
    feature_full: str = "there are {number} highlights already; take one out first: unfeature"
    feature_not_there: str = "that comment is no highlight"
    opted_out: str = "Nothing of yours is put forward any more."

    part_title: str = "{title} (part {number})"
    part_before: str = "[Part {number} is here]({url})."
    part_after: str = "The thread goes on in [part {number}]({url})."
    part_next: str = "the next part is {number}; to open it: {command}"
    capped: str = "{thread}: {url} has {comments} comments; to go on in another part: {command}"
    announced: str = "The next thread opens {at}. Here will be the link to it."

    # -- what is
    next: str = "next {at} ({edition})"
    no_next: str = "no further edition"
    essay: str = "essay: {file}"
    essay_by_message: str = "essay: by message"
    essay_missing: str = "essay: missing"
    nothing_posted: str = "nothing posted yet"
    has_no_post: str = "{edition} has not been posted; to post it: {command}"
    pinned: str = "pinned: yes"
    not_pinned: str = "pinned: no"
    never_pinned: str = "not pinned by megabot"
    commit: str = "commit {commit}"
    commit_with_changes: str = "commit {commit} with changes"
    companions_missing: str = "companions missing: {names}"
    unknown: str = "outcome unknown: {what}"
    unknown_since: str = "{what} {edition} since {at}"
    kinds: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(_KINDS))
    commanded_by: str = "last command: {verb}, by {by}, {at}"
    source_folder: str = "templates: a plain folder (not in git)"
    source: str = "templates: {commit}"
    fetched: str = "fetched {age} ago"
    not_fetched: str = "fetched {age} ago; every attempt since then failed"
    signed_in: str = "signed in {age} ago"
    needs_person: str = "needs attention: {what}"

    # -- letters and comments
    alerts_on: str = "You get a message when something needs a person."
    alerts_off: str = "You get no more alerts from me."
    needs_moderator: str = "This needs a moderator:"
    is_over: str = "This is over, and nothing is to be done about it any more:"
    more: str = "and {number} more"
    source_trouble: str = "the source cannot be used, everything stays as it is: {why}"
    source_partly_broken: str = (
        "files of the source have mistakes; their threads stay as they are, the others go on: {why}"
    )
    thread_failed: str = "{thread}: this thread cannot be brought up to date, the others go on: {why}"
    inbox_failing: str = "comments and messages to the bot have not been read since {at}: {why}"
    job_failing: str = "the background job `{job}` has failed since {at}: {why}"
    adopted: str = "This thread is kept as edition {key} of {thread} from now on."
    released: str = "This thread is no longer kept as an edition of {thread}."
    withdrawn: str = "This copy was withdrawn; the thread goes on [here]({url})."
    why_locked: str = "The thread goes on at {url}."
    why_locked_aged: str = "This thread is closed after its time (lock_after)."
    untagged: str = (
        "{thread}: its post has no tag {names}: the community has none of that name, or somebody took it "
        "off; megabot check --online says which tags there are"
    )


ENGLISH = Language()
