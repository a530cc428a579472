"""The source: templates and other files that contributors write, read from a folder or a git repository."""
