"""A handover with a fault at its n-th effect, for every n: `python -m tests.fault_injection`."""
