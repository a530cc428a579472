"""The verbs of the command line, a module each: they unpack arguments, call, print."""
