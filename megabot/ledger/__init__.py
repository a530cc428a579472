"""megabot's own record of its writes, its posts, its commands and what it knows."""
