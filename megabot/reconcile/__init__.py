"""The pass that brings each thread up to date: list, observe, decide, act."""
