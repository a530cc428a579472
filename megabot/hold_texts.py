"""Why something is not done: a sentence for each reason, with the next step. Wording only."""

from megabot.core.actions import Reason

HOLDS = {
    Reason.NOTHING_DUE: (
        "nothing is due before the first slot, {until}; to post {0} now: megabot post {thread} --next, or "
        "set an earlier date in first: to make the current one due"
    ),
    Reason.THERE: "{0} is already posted",
    Reason.SKIPPED: "this edition is skipped",
    Reason.HELD: "this edition is on hold, by {0} since {1}; to release it: megabot resume {thread}",
    Reason.FIRST_RUN: (
        "the slot of {0} had already passed when the bot was set up, so it will not be posted automatically; "
        "to post it now: megabot post {thread} --edition {0}"
    ),
    Reason.PAST_GRACE: (
        "edition {0} is past its grace, so it will no longer be posted automatically; to post it: "
        "megabot post {thread} --edition {0}"
    ),
    Reason.CLOCK: (
        "this machine's clock and the server's are {0} seconds apart, or it is behind the newest edition or "
        "this program: nothing is written until the clock is right"
    ),
    Reason.OUTCOME_UNKNOWN: (
        "it is not known whether the post was created: megabot keeps checking, and sends nothing "
        "again before {until}"
    ),
    Reason.UNKNOWN_FOR_LONG: (
        "whether the post was made has not been known since {0}, and the server does not show it: nothing "
        "is sent before it does; see: megabot check --online"
    ),
    Reason.NOT_PROVEN: (
        "the server's list is missing a post that must be there, so it cannot be trusted; trying again later"
    ),
    Reason.SETTINGS_HIDE: (
        "the account's settings hide its own posts ({all}), so it cannot see whether the thread is there; "
        "fix that with: megabot check --online --yes"
    ),
    Reason.HAND_MADE: (
        "{1} has posted and pinned a thread by hand: {0}; megabot posts no second thread automatically. "
        "To register it as this edition: megabot adopt {0}, or post another with: megabot post {thread}"
    ),
    Reason.STRAYED: (
        "the source names another community now than that of its last post {0}: nothing is posted there "
        "until a person agrees with: megabot post {thread} --move"
    ),
    Reason.TEXT_BROKEN: "the template is broken, everything stays as it is: {all}",
    Reason.REFUSED_BEFORE: (
        "the server refused this text: {0}; change the text, or try again with: megabot post {thread}"
    ),
    Reason.NOT_ORDERED: (
        "edition {0} is due too and is not posted by this order: the next pass does, or megabot post {thread}"
    ),
    Reason.REMOVED: (
        "the post of edition {0} was removed or deleted and is not posted again automatically; "
        "to post a new copy: megabot repost {thread}"
    ),
    Reason.BODY_HIDDEN: (
        "the bot's post {0} was removed, and the server shows its text to moderators alone: it may be the "
        "one of this edition, so nothing is posted automatically. Appoint the bot as a moderator again, or "
        "post a new copy with: megabot repost {thread}"
    ),
    Reason.DOUBLED: (
        "two posts carry one edition: {0} is kept, {1} is its double, posted by a second megabot of this "
        "account: stop one of the two, and remove the double"
    ),
    Reason.NOT_MODERATOR: (
        "the bot is not a moderator here and cannot pin {0}; a moderator can appoint it from that post's menu"
    ),
    Reason.PENDING: (
        "{0} is on its way to the community's own server, and nobody else sees it yet: when it has arrived "
        "it is pinned, and the thread before stays pinned until then"
    ),
    Reason.PENDING_FOR_LONG: (
        "{0} has not reached the community's own server, so nobody else sees it, and the thread before stays "
        "pinned; ask the admins of both servers whether they federate, or post from an account of that server"
    ),
    Reason.PIN_TRAVELS: (
        "{0} is pinned on the bot's own server; {1} does not show the pin yet, so the previous thread stays "
        "pinned, and megabot checks again {until}"
    ),
    Reason.PIN_REFUSED: (
        "readers on {1} do not see {0} pinned: {1} runs {2}, and a community that was created on Lemmy 0.19 "
        "accepts no pins from other servers. The previous thread stays pinned. Use an account on {1} for the "
        "bot; until then a moderator can pin the thread there"
    ),
    Reason.PIN_NOT_SHOWN: (
        "{1} still does not show {0} as pinned, so its readers do not see the pin, and the previous thread "
        "stays pinned. Check on {1} that the bot is a moderator of the community, or use an account on {1} "
        "for the bot"
    ),
    Reason.POST_NOT_AT_HOME: (
        "{1} does not list {0}, so readers there do not see the thread, and the previous one stays pinned. "
        "Ask the admins of both servers whether they federate, or use an account on {1} for the bot"
    ),
    Reason.HOME_UNREADABLE: (
        "megabot cannot check whether {1} shows {0} as pinned ({2}), so the previous thread stays pinned. "
        "Look at the community on {1}; with an account on {1} the bot does not depend on this check"
    ),
    Reason.UNPINNED_BY_HAND: "a person unpinned {0}: it stays so until the next edition",
    Reason.PINNED_BY_HAND: "a person pinned {0} again: it stays so until the next edition",
    Reason.EDITED_BY_HAND: (
        "{0} was edited by hand since megabot last wrote it, so it is not overwritten; "
        "put those changes into the template, or undo them there"
    ),
    Reason.ADOPTED: "{0} is another account's post: it can be pinned and linked, not edited",
    Reason.NOTHING_STANDS: "no post of this thread can be opened; post one with: megabot post {thread}",
    Reason.TITLE_STAYS: ('{0} keeps its title; to change it to "{1}": megabot refresh {thread} --title'),
    Reason.UNCHANGED: "{0} says what the source says already",
    Reason.EDITED_LATELY: "the post was edited just now; the source's change follows {until}",
    Reason.EDITION_TAKEN: (
        "edition {0} has its post already: {1}; for another edition: megabot adopt URL --edition KEY"
    ),
    Reason.ELSEWHERE: "{0} is in another community than this thread's, so it cannot carry an edition of it",
    Reason.GONE: "{0} was removed or deleted: readers cannot open it",
    Reason.OURS: "{0} carries edition {1} already",
    Reason.NOT_ADOPTED: "{0} is the bot's own post, so there is no adoption to undo",
    Reason.ADOPTED_BY_NONE: "{0} is not adopted by this thread, so there is nothing to undo",
    Reason.NOTHING_TO_UNDO: "the current thread {0} is not a repost, so there is nothing to undo",
    Reason.UNDONE_BEFORE: (
        "the repost {0} was already undone; {1} is the current thread. To post a new copy: "
        "megabot repost {thread}"
    ),
    Reason.NOTHING_TO_GO_BACK_TO: (
        "{0} cannot be undone: the post that it replaced was removed or deleted, so readers could not open it"
    ),
    Reason.OVERTAKEN: "{0} will not be posted: the later edition {1} is already posted",
    Reason.UNCLEAR: (
        "{0} has no post, and {1} follows {until}; say which one to post now: "
        "megabot post {thread} --edition {0}, or megabot post {thread} --next"
    ),
    Reason.REPOSTED_LATELY: (
        "a new copy was posted less than ten minutes ago, and two reposts in that time count as one; "
        "for another copy run this again after {until}"
    ),
}
