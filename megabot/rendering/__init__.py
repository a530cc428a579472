"""Renders a template with its context, in a restricted child process."""
