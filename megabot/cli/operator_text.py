"""Sentences for the operator. Wording only."""


def backed_up(target: str) -> str:
    return (
        f"wrote {target}, a copy of the ledger. It does not contain the token: if you restore it on another "
        "machine, run megabot login there"
    )


def restored(source: str) -> str:
    return f"restored the ledger from {source}; next: megabot status"


def password_known(*, from_file: bool) -> str:
    name = "MEGABOT_PASSWORD_FILE" if from_file else "MEGABOT_PASSWORD"
    return f"using the password from {name}"


def standing_by(holder: str) -> str:
    return f"{holder} acts for this account; standing by to take over"


def taken_over() -> str:
    return "another host has taken this account over, so nothing more is sent from here"


def settings_read() -> str:
    return "settings reloaded"
