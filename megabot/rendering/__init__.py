"""A template and its context become text, in a process that can hurt nobody."""
