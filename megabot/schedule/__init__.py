"""When editions are due, their keys and numbers, and moderators' changes to them. Pure."""
