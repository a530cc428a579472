"""A mini Lemmy server in memory, 0.19 or 1.0, for demo, tests and benchmarks; never part of a running bot."""

from lemmy_sandbox.records import Generation, ImageService
from lemmy_sandbox.rules.limits import Limit
from lemmy_sandbox.sandbox import LoggedRequest, Sandbox
from lemmy_sandbox.user_client import User, UserV4

__all__ = ["Generation", "ImageService", "Limit", "LoggedRequest", "Sandbox", "User", "UserV4"]
