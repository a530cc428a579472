"""What is said about the site to who runs it."""


def no_site_dir() -> str:
    """Say that nothing names the site's folder."""
    return "MEGABOT_SITE_DIR is not set; set it, as in MEGABOT_SITE_DIR=/var/www/threads, or give --output"


def no_feeds() -> str:
    """Say why there are no feeds."""
    return (
        "there are no feeds: their links must be whole; set MEGABOT_SITE_URL to the site's address for them"
    )


def files_written(files: int, new: int, removed: int) -> str:
    """Count what was written."""
    return f"{files} files, {new} written, {removed} removed"


def site_updated(new: int, removed: int) -> str:
    """Say that the service has brought the site up to date."""
    return f"the site is up to date: {new} files written, {removed} removed"


def site_failed() -> str:
    """Say that the service's site could not be written, and how to find out why."""
    return "the site could not be written; to see why, run: megabot site"


def not_looked_over(error: Exception) -> str:
    """Say that the daily look at old posts failed; what was kept stays."""
    return f"old posts could not be looked at for the site, which stays as it is until tomorrow: {error}"
