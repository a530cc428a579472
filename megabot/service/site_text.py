"""Sentences about the site for the operator."""


def no_site_dir() -> str:
    return "no folder for the site; set MEGABOT_SITE_DIR (such as /var/www/threads) or add --output FOLDER"


def no_feeds() -> str:
    return "no feeds written: they need absolute links; set MEGABOT_SITE_URL to the site's address"


def files_written(files: int, new: int, removed: int) -> str:
    return f"{files} files, {new} written, {removed} removed"


def site_updated(new: int, removed: int) -> str:
    return f"the site is up to date: {new} files written, {removed} removed"


def site_failed() -> str:
    return "the site could not be written; to see why, run: megabot site"


def scan_failed(error: Exception) -> str:
    return f"old posts could not be checked for the site; the next check is tomorrow: {error}"
