"""Deliberately broken versions of megabot, each of which the tests have to catch (`make mutants`)."""
