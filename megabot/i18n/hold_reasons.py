"""Why something is not done: a sentence for each reason, with the next step. Wording only.

`describe.blocked_sentence` fills them in: with what the hold names, and with the commands of `suggestions`.
"""

HOLDS = {
    "nothing_due": (
        "nothing is due before the first slot, {until}; to post {edition} now: {post_next}, or set an "
        "earlier date in first: to make the current one due"
    ),
    "there": "{edition} is already posted",
    "skipped": "this edition is skipped",
    "held": "this edition is on hold, by {by} since {since}; to release it: {resume}",
    "first_run": (
        "the slot of {edition} had already passed when the bot was set up, so it will not be posted "
        "automatically; to post it now: {post_edition}"
    ),
    "past_grace": (
        "edition {edition} is past its grace, so it will no longer be posted automatically; to post it: "
        "{post_edition}"
    ),
    "clock": (
        "this machine's clock and the server's are {seconds} seconds apart, or it is behind the newest "
        "edition or this program: nothing is written until the clock is right"
    ),
    "outcome_unknown": (
        "it is not known whether the post was created: megabot keeps checking, and sends nothing again "
        "before {until}"
    ),
    "unknown_for_long": (
        "whether the post was made has not been known since {since_utc}, and the server does not show it: "
        "nothing is sent before it does; see: megabot check --online"
    ),
    "not_proven": (
        "the server's list is missing a post that must be there, so it cannot be trusted; trying again later"
    ),
    "settings_hide": (
        "the account's settings hide its own posts ({account_settings}), so it cannot see whether the "
        "thread is there; fix that with: megabot check --online --yes"
    ),
    "hand_made": (
        "{by} has posted and pinned a thread by hand: {url}; megabot posts no second thread automatically. "
        "To register it as this edition: {adopt}, or post another with: {post}"
    ),
    "strayed": (
        "the source names another community now than that of its last post {url}: nothing is posted there "
        "until a person agrees with: megabot post {thread} --move"
    ),
    "text_broken": "the template is broken, everything stays as it is: {problems}",
    "refused_before": ("the server refused this text: {why}; change the text, or try again with: {post}"),
    "not_ordered": (
        "edition {edition} is due too and is not posted by this order: the next pass does, or {post}"
    ),
    "removed": (
        "the post of edition {edition} was removed or deleted and is not posted again automatically; to "
        "post a new copy: {repost}"
    ),
    "body_hidden": (
        "the bot's post {url} was removed, and the server shows its text to moderators alone: it may be the "
        "one of this edition, so nothing is posted automatically. Appoint the bot as a moderator again, or "
        "post a new copy with: {repost}"
    ),
    "doubled": (
        "two posts carry one edition: {url} is kept, {other_url} is its double, posted by a second megabot "
        "of this account: stop one of the two, and remove the double"
    ),
    "not_moderator": (
        "the bot is not a moderator here and cannot pin {url}; a moderator can appoint it from that post's "
        "menu"
    ),
    "pending": (
        "{url} is on its way to the community's own server, and nobody else sees it yet: when it has "
        "arrived it is pinned, and the thread before stays pinned until then"
    ),
    "pending_for_long": (
        "{url} has not reached the community's own server, so nobody else sees it, and the thread before "
        "stays pinned; ask the admins of both servers whether they federate, or post from an account of "
        "that server"
    ),
    "pin_travels": (
        "{url} is pinned on the bot's own server; {host} does not show the pin yet, so the previous thread "
        "stays pinned, and megabot checks again {until}"
    ),
    "pin_refused": (
        "readers on {host} do not see {url} pinned: {host} runs {software}, and a community that was "
        "created on Lemmy 0.19 accepts no pins from other servers. The previous thread stays pinned. Use an "
        "account on {host} for the bot; until then a moderator can pin the thread there"
    ),
    "pin_not_shown": (
        "{host} still does not show {url} as pinned, so its readers do not see the pin, and the previous "
        "thread stays pinned. Check on {host} that the bot is a moderator of the community, or use an "
        "account on {host} for the bot"
    ),
    "post_not_at_home": (
        "{host} does not list {url}, so readers there do not see the thread, and the previous one stays "
        "pinned. Ask the admins of both servers whether they federate, or use an account on {host} for the "
        "bot"
    ),
    "home_unreadable": (
        "megabot cannot check whether {host} shows {url} as pinned ({why}), so the previous thread stays "
        "pinned. Look at the community on {host}; with an account on {host} the bot does not depend on this "
        "check"
    ),
    "unpinned_by_hand": "a person unpinned {url}: it stays so until the next edition",
    "pinned_by_hand": "a person pinned {url} again: it stays so until the next edition",
    "edited_by_hand": (
        "{url} was edited by hand since megabot last wrote it, so it is not overwritten; put those changes "
        "into the template, or undo them there"
    ),
    "adopted": "{url} is another account's post: it can be pinned and linked, not edited",
    "nothing_stands": "no post of this thread can be opened; post one with: {post}",
    "title_stays": '{url} keeps its title; to change it to "{title}": {refresh_title}',
    "unchanged": "{url} says what the source says already",
    "edited_lately": "the post was edited just now; the source's change follows {until}",
    "edition_taken": (
        "edition {edition} has its post already: {url}; for another edition: megabot adopt URL --edition KEY"
    ),
    "elsewhere": ("{url} is in another community than this thread's, so it cannot carry an edition of it"),
    "gone": "{url} was removed or deleted: readers cannot open it",
    "ours": "{url} carries edition {edition} already",
    "not_adopted": "{url} is the bot's own post, so there is no adoption to undo",
    "adopted_by_none": "{url} is not adopted by this thread, so there is nothing to undo",
    "nothing_to_undo": "the current thread {url} is not a repost, so there is nothing to undo",
    "undone_before": (
        "the repost {url} was already undone; {other_url} is the current thread. To post a new copy: {repost}"
    ),
    "nothing_to_go_back_to": (
        "{url} cannot be undone: the post that it replaced was removed or deleted, so readers could not "
        "open it"
    ),
    "overtaken": "{edition} will not be posted: the later edition {later} is already posted",
    "unclear": (
        "{edition} has no post, and {later} follows {until}; say which one to post now: {post_edition}, or "
        "{post_next}"
    ),
    "reposted_lately": (
        "a new copy was posted less than ten minutes ago, and two reposts in that time count as one; for "
        "another copy run this again after {until}"
    ),
}
