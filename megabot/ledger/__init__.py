"""megabot's own record of its intents, posts and facts, in SQLite."""
