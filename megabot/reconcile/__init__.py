"""The maintenance pass: list, observe, decide, act."""
