"""The front matter of templates: YAML, values and problems. Runs in a child process."""
