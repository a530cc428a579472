"""A year of weeks with everything that goes wrong, from one seed: `python -m tests.simulation`."""
