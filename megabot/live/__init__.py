"""A preview that follows the files as they change: a small server on this machine, and the page it shows."""
