"""The commands. They unpack arguments, call and print; they decide nothing."""
