"""The settings at the top of a template: YAML, values, mistakes. Runs in a child process."""
