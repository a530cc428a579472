"""The texts of the site's own pages. Everything else on them was written by people."""

from megabot.i18n.translation import _, ngettext, pgettext


def ways() -> tuple[tuple[str, str, str], ...]:
    """Return the entries of the navigation: name, path and label."""
    return (
        ("home", "", _("Home")),
        ("bulletins", "bulletins/", _("Bulletins")),
        ("search", "search/", _("Search")),
    )


def no_editions() -> str:
    return _("There are no editions yet.")


def threads() -> str:
    return _("Threads")


def current_thread() -> str:
    return _("Current thread")


def all_editions() -> str:
    return _("All editions")


def read_discussion() -> str:
    return _("Read and join the discussion")


def highlights() -> str:
    return _("Highlights")


def previous() -> str:
    return pgettext("edition", "Previous")


def following() -> str:
    return pgettext("edition", "Next")


def editions() -> str:
    return _("Editions")


def redirect_notice() -> str:
    return _(
        "You will be taken there in a moment. You can bookmark this page: it always leads to the "
        "current thread."
    )


def earlier_years() -> str:
    return _("Other years")


def bulletins() -> str:
    return _("Bulletins")


def no_bulletins() -> str:
    return _("There are no bulletins yet.")


def search() -> str:
    return _("Search")


def search_label() -> str:
    return _("Search for")


def search_button() -> str:
    return pgettext("button", "Search")


def search_without() -> str:
    return _("Search needs JavaScript. Without it, you find every edition under its thread:")


def skip_link() -> str:
    return _("Skip to the text")


def footer() -> str:
    return _("Archived by megabot: every edition as it was posted")


def navigation() -> str:
    return pgettext("navigation", "Site")


def all_threads() -> str:
    return _("All threads")


def edition(number: int, thread: str) -> str:
    # Translators: which edition of a thread a page shows, such as "Number 12 of News".
    return _("Number {number} of {thread}").format(number=number, thread=thread) if number else thread


def comments(number: int) -> str:
    return ngettext("{number} comment", "{number} comments", number).format(number=number)


def bulletins_of(year: int) -> str:
    return _("Bulletins of {year}").format(year=year)


def week(number: int, year: int) -> str:
    return _("Week {week} of {year}").format(week=number, year=year)


def written_by(author: str) -> str:
    return _("by {author}").format(author=author)
