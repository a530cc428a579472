"""What people read who install and look after the bot, and the comment that introduces it. Wording only."""


def introduction() -> str:
    """Say in a comment who the bot is, and how it is appointed. Markdown."""
    return (
        "I am a bot that posts and pins this community's recurring threads. So that I may pin them, "
        'a moderator opens the menu of this comment and chooses "appoint as mod".'
    )


def introduction_made(url: str, *, now: bool) -> str:
    """Say where the bot introduced itself, and what is next."""
    said = "introduced at" if now else "introduced before, and not again: it is at"
    return f"{said} {url}; next, a moderator appoints it there: megabot check --online --wait tells when"


def is_moderator_already(community: str) -> str:
    """Say that nothing had to be said."""
    return f"{community}: the bot is a moderator there already; nothing was said"


def introduction_unknown(url: str) -> str:
    """Say that the outcome of the introduction is not known."""
    return f"whether the comment was made is not known; look at {url}, or run this again in ten minutes"


def nothing_to_back_up(folder: object) -> str:
    """Say that there is no ledger."""
    return f"there is no ledger in {folder} yet, so there is nothing to back up; look at MEGABOT_STATE_DIR"


def backed_up(target: str) -> str:
    """Say what a backup holds and what not."""
    return (
        f"wrote {target}: the ledger as it is now. The token is not in it: if you restore it on another "
        "machine, run megabot login there"
    )


def password_known(*, from_file: bool) -> str:
    """Say where the password is from, as it is not asked for."""
    name = "MEGABOT_PASSWORD_FILE" if from_file else "MEGABOT_PASSWORD"
    return f"the password is taken from {name}"


def state_dir_changed() -> str:
    """Say that one setting is not taken over while the service runs."""
    return "MEGABOT_STATE_DIR changes with a restart only: systemctl restart megabot"


def settings_kept(error: Exception) -> str:
    """Say that new settings are not used."""
    why = "; ".join(str(error).splitlines())
    return f"the settings stay as they were, the new ones cannot be used: {why}"


def settings_read() -> str:
    """Say that new settings are used."""
    return "the settings were read again"


def waiting_for_pass() -> str:
    """Say that another pass is running."""
    return "another megabot is at work on the same state folder; waiting for it to finish"
