"""The verbs of the command line, a module each: they unpack arguments, call, print. They decide nothing.

Which there are, and the page of help, stand here without any library: help must be instant.
"""

VERBS = {
    "run": "the service: keep the threads, until told to stop",
    "post": "post the current edition now, if it is not there yet",
    "repost": "post a fresh copy of the current edition",
    "refresh": "render the current edition again and edit its post",
    "adopt": "take a thread that was posted by hand as an edition",
    "unadopt": "undo an adoption: the thread is a moderator's own again",
    "import": "take a community's past threads into the record",
    "undo": "take a fresh copy back",
    "hold": "keep the next edition back",
    "skip": "leave the next edition out",
    "move": "post the next edition at another time",
    "resume": "take hold, skip and move back",
    "preamble": "set, clear or export the essay of an edition",
    "plan": "show what the next pass would do, and why; changes nothing",
    "preview": "show the post as it would be now",
    "check": "look for everything that can be wrong",
    "status": "show what is",
    "history": "show what was",
    "calendar": "show what will be",
    "site": "write the archive: every edition, the bulletins, feeds",
    "introduce": "comment once, so that a moderator can appoint the bot from there",
    "backup": "copy the ledger while the service runs",
    "login": "sign in and keep the token, so that no password need be on disk",
    "logout": "sign out and forget the token",
    "init": "ask a few questions, write the settings and a first template",
    "demo": "see it all work against a small Lemmy in the process",
    "sandbox": "run that small Lemmy alone",
}

_HELP = """\
Usage: megabot [OPTIONS] VERB [ARGS]...

  Keep a Lemmy community's recurring thread: rendered from git, posted on time,
  pinned, linked. Each verb has its own help: megabot VERB --help

Verbs:
{verbs}

Options:
  --env FILE     Read settings from this file.
  --bot NAME     Read those of the service megabot@NAME: /etc/megabot/NAME.env.
  -v, --verbose  Say more on stderr.
  --version      Show the version and exit.
  -h, --help     Show this page and exit.

  Results go to stdout, the log to stderr. Exit codes: 0 done, 1 an expected
  failure (one line and the next step), 2 usage or settings, 3 a bug, 4 nothing to do.
"""


def help_page() -> str:
    """Write the page of help, the same on every terminal."""
    return _HELP.format(verbs="\n".join(f"  {name:9} {what}" for name, what in VERBS.items()))
