"""From a moderator's message, or an order from the shell, to a reply."""
