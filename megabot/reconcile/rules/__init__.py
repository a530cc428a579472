"""The rules that decide what to do about one thread, a module for each question. Pure."""
