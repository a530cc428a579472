"""Why something is not done: a sentence for each reason, with the next step. Wording only.

`describe.blocked_sentence` fills them in: with what the hold names, and with the commands of `suggestions`.
"""

from megabot.i18n.translation import N_

HOLDS = {
    "nothing_due": N_(
        "nothing is due until the first slot, {until}; to post {edition} now: {post_next}, or set "
        "an earlier date as first: in the template"
    ),
    "there": N_("{edition} is already posted"),
    "skipped": N_("this edition is skipped"),
    "held": N_("this edition is on hold, by {by} since {since}; to release it: {resume}"),
    "first_run": N_(
        "the slot of {edition} had already passed when the bot was set up, so it will not be "
        "posted automatically; to post it now: {post_edition}"
    ),
    "past_grace": N_(
        "edition {edition} is past its grace period, so it will no longer be posted automatically; to "
        "post it: {post_edition}"
    ),
    "clock": N_(
        "this machine's clock and the server's are {seconds} seconds apart, or it is set to a time "
        "before the newest edition or this version of megabot; nothing is written until the clock is right"
    ),
    "outcome_unknown": N_(
        "it is not known whether the post was created; megabot keeps checking, and sends nothing "
        "again before {until}"
    ),
    "unknown_for_long": N_(
        "it has not been known since {since_utc} whether the post was created, and the server "
        "does not show it; nothing is sent until it does; see: megabot check --online"
    ),
    "not_proven": N_(
        "the server's list is missing a post that must be there, so it cannot be trusted; trying again later"
    ),
    "settings_hide": N_(
        "the account's settings hide its own posts ({account_settings}), so it cannot see whether "
        "the thread is there; fix that with: megabot check --online --yes"
    ),
    "hand_made": N_(
        "{by} has posted and pinned a thread by hand: {url}; megabot posts no second thread "
        "automatically. To register it as this edition: {adopt}, or post another with: {post}"
    ),
    "strayed": N_(
        "the source now names another community than that of the last post {url}; nothing is "
        "posted there until someone confirms it with: megabot post {thread} --move"
    ),
    "text_broken": N_("the template is broken, so nothing is changed: {problems}"),
    "refused_before": N_("the server refused this text: {why}; change the text, or try again with: {post}"),
    "not_ordered": N_(
        "edition {edition} is due too, but this command does not post it; the next run will, or: {post}"
    ),
    "removed": N_(
        "the post of edition {edition} was removed or deleted and is not posted again "
        "automatically; to post a new copy: {repost}"
    ),
    "body_hidden": N_(
        "the bot's post {url} was removed, and the server shows its text only to moderators; it "
        "may belong to this edition, so nothing is posted automatically. Make the bot a moderator "
        "again, or post a new copy with: {repost}"
    ),
    "doubled": N_(
        "two posts have the same edition: {url} is kept, {other_url} is a duplicate, posted by a "
        "second megabot with this account. Stop one of the two, and remove the duplicate"
    ),
    "not_moderator": N_(
        "the bot is not a moderator here and cannot pin {url}; a moderator can appoint it from "
        "that post's menu"
    ),
    "pending": N_(
        "{url} has not reached the community's own server yet, so nobody else sees it; it will be "
        "pinned when it arrives, and the previous thread stays pinned until then"
    ),
    "pending_for_long": N_(
        "{url} has not reached the community's own server, so nobody else sees it, and the "
        "previous thread stays pinned; ask the admins of both servers whether they federate, or "
        "use an account on that server for the bot"
    ),
    "pin_travels": N_(
        "{url} is pinned on the bot's own server; {host} does not show the pin yet, so the "
        "previous thread stays pinned, and megabot checks again {until}"
    ),
    "pin_refused": N_(
        "readers on {host} do not see {url} pinned: {host} runs {software}, and a community that "
        "was created on Lemmy 0.19 accepts no pins from other servers. The previous thread stays "
        "pinned. Use an account on {host} for the bot; until then a moderator can pin the thread "
        "there"
    ),
    "pin_not_shown": N_(
        "{host} still does not show {url} as pinned, so its readers do not see the pin, and the "
        "previous thread stays pinned. Check on {host} that the bot is a moderator of the "
        "community, or use an account on {host} for the bot"
    ),
    "post_not_at_home": N_(
        "{host} does not list {url}, so readers there do not see the thread, and the previous one "
        "stays pinned. Ask the admins of both servers whether they federate, or use an account on "
        "{host} for the bot"
    ),
    "home_unreadable": N_(
        "megabot cannot check whether {host} shows {url} as pinned ({why}), so the previous "
        "thread stays pinned. Check the community on {host}; with an account on {host} the bot "
        "does not depend on this check"
    ),
    "unpinned_by_hand": N_("a moderator unpinned {url}; it stays unpinned until the next edition"),
    "pinned_by_hand": N_("a moderator pinned {url} again; it stays pinned until the next edition"),
    "edited_by_hand": N_(
        "{url} was edited by hand since megabot last wrote it, so it is not overwritten; put "
        "those changes into the template, or undo them there"
    ),
    "adopted": N_("{url} is another account's post: it can be pinned and linked, but not edited"),
    "nothing_stands": N_("this thread has no post that readers can open; to post one: {post}"),
    "title_stays": N_('{url} keeps its title; to change it to "{title}": {refresh_title}'),
    "unchanged": N_("{url} already matches the source"),
    "edited_lately": N_("the post was edited just now; the change from the source follows {until}"),
    "edition_taken": N_(
        "edition {edition} already has a post: {url}; for another edition: megabot adopt URL --edition KEY"
    ),
    "elsewhere": N_("{url} is not in this thread's community, so it cannot be an edition of it"),
    "gone": N_("{url} was removed or deleted, so readers cannot open it"),
    "ours": N_("{url} is already edition {edition}"),
    "not_adopted": N_("{url} is the bot's own post, so there is no adoption to undo"),
    "adopted_by_none": N_("{url} was not adopted for this thread, so there is nothing to undo"),
    "nothing_to_undo": N_("the current thread {url} is not a repost, so there is nothing to undo"),
    "undone_before": N_(
        "the repost {url} was already undone; {other_url} is the current thread. To post a new copy: {repost}"
    ),
    "nothing_to_go_back_to": N_(
        "{url} cannot be undone: the post that it replaced was removed or deleted, so readers "
        "could not open it"
    ),
    "overtaken": N_("{edition} will not be posted: the later edition {later} is already posted"),
    "unclear": N_(
        "{edition} has no post, and {later} follows {until}; say which one to post now: "
        "{post_edition}, or {post_next}"
    ),
    "reposted_lately": N_(
        "a new copy was posted less than ten minutes ago, and two reposts in that time count as "
        "one; for another copy run this again after {until}"
    ),
}
