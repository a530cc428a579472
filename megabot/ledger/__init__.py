"""megabot's own record: what it was about to do, did and knows. SQLite."""
