"""The list of commands and the help page. They import no library, so that help is instant."""

GROUPS = {
    "Set up": {
        "init": "ask a few questions, write the settings and a first template",
        "login": "sign in; stores a token instead of your password",
        "logout": "sign out and forget the token",
        "introduce": "post one comment, from which a moderator can appoint the bot",
        "import": "register a community's past threads as editions",
        "demo": "watch the bot at work for seven weeks, on a mini Lemmy server",
        "sandbox": "run a mini Lemmy server to practise on",
    },
    "Look": {
        "status": "current threads and problems",
        "plan": "what the next pass would do, and why; changes nothing",
        "preview": "show the next edition",
        "calendar": "upcoming editions",
        "history": "what the bot has done",
        "check": "check settings, templates and upcoming editions",
    },
    "Post": {
        "post": "post the current edition now, if it has not been posted",
        "repost": "post a fresh copy of the current edition",
        "refresh": "render the current edition again and edit its post",
        "undo": "withdraw the last repost",
        "adopt": "register a thread that someone else posted as an edition",
        "unadopt": "undo an adoption; the thread no longer counts as an edition",
    },
    "Moderate": {
        "hold": "put the next edition on hold",
        "skip": "don't post the next edition",
        "move": "post the next edition at another time",
        "resume": "cancel hold, skip or move",
        "preamble": "set, clear or export the preamble of an edition",
    },
    "Publish": {
        "site": "write the archive: all editions, bulletins and feeds",
    },
    "Run": {
        "run": "run the service until it is stopped",
        "web": "serve the page on which moderators write and order",
        "backup": "copy the ledger while the service runs",
        "restore": "fill an empty ledger in a database from a backup",
    },
}

VERBS = {verb: what for verbs in GROUPS.values() for verb, what in verbs.items()}

_HELP = """\
Usage: megabot [OPTIONS] COMMAND [ARGS]...

  Post a Lemmy community's recurring thread from a template: on time, pinned, and
  linked to the previous one. Help for a command: megabot COMMAND --help

{groups}
Options:
  --env FILE     Read settings from this file.
  --bot NAME     Use /etc/megabot/NAME.env, like the service megabot@NAME.
  --account FILE Use this file of `megabot run --accounts FOLDER`.
  -v, --verbose  Print more to stderr.
  --version      Show the version and exit.
  -h, --help     Show this page and exit.

  Results go to stdout, the log and errors to stderr. Exit codes:
  0 done, 1 failed or refused, 2 wrong usage or settings, 3 a bug in megabot,
  4 nothing to do, 5 offline, 130 stopped with Ctrl-C.
"""


def help_page() -> str:
    """Return the help page, the same on every terminal."""
    groups = (
        f"{group}:\n" + "".join(f"  {verb:10} {what}\n" for verb, what in verbs.items())
        for group, verbs in GROUPS.items()
    )
    return _HELP.format(groups="\n".join(groups))
