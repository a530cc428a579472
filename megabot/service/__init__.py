"""The long-running process: its loop, background jobs, alerts and metrics."""
