"""When an edition is due, its key and number, and what moderators change about it. Pure."""
