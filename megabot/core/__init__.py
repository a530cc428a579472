"""The decisions of megabot as pure functions of plain values: no I/O, no clock, no randomness, no logging."""
