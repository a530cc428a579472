"""What people read who install and look after the bot, and the comment that introduces it. Wording only."""


def backed_up(target: str) -> str:
    """Say what a backup holds and what not."""
    return (
        f"wrote {target}: the ledger as it is now. The token is not in it: if you restore it on another "
        "machine, run megabot login there"
    )


def password_known(*, from_file: bool) -> str:
    name = "MEGABOT_PASSWORD_FILE" if from_file else "MEGABOT_PASSWORD"
    return f"the password is taken from {name}"


def settings_read() -> str:
    """Say that new settings are used."""
    return "the settings were read again"
