"""What the site itself says to its readers; all else on it was written by people."""

SITE = "Site"
SKIP = "Skip to the text"
FOOTER = "Kept by megabot: every edition as it was posted"
WAYS = (("home", "", "Home"), ("bulletins", "bulletins/", "Bulletins"), ("search", "search/", "Search"))
HOME = "The threads"
CURRENT = "Current thread"
ALL_EDITIONS = "All editions"
NEWEST = "Newest"
BULLETINS = "Bulletins"
NO_BULLETINS = "There are no bulletins yet."
NO_EDITIONS = "There are no editions yet."
HIGHLIGHTS = "Highlights"
EARLIER_YEARS = "Other years"
EDITIONS = "Editions"
PREVIOUS, NEXT = "Previous", "Next"
SEARCH = "Search"
SEARCH_LABEL = "Words to look for"
SEARCH_BUTTON = "Search"
SEARCH_WITHOUT = "Searching needs scripts. Without them, every edition is listed under its thread:"
LATEST = "The current thread"
LATEST_HERE = "You are taken there in a moment. This address stays: it always leads to the current thread."
READ = "Read and join the discussion"
ALL = "All threads"


def edition(number: int, thread: str) -> str:
    return f"Number {number} of {thread}" if number else thread


def comments(number: int) -> str:
    """Count comments."""
    return f"{number} comment" if number == 1 else f"{number} comments"


def bulletins_of(year: int) -> str:
    """Head a year's bulletins."""
    return f"Bulletins of {year}"


def written_by(author: str) -> str:
    """Say who wrote a comment."""
    return f"by {author}"
