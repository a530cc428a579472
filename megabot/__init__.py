"""megabot keeps a Lemmy community's recurring thread: rendered from git, posted on time, pinned, linked."""
