"""A small Lemmy in memory, 0.19 or 1.0, for demo, tests and benchmarks; never part of a running bot."""

from megabot.sandbox.limits import Limit
from megabot.sandbox.records import Generation, ImageService
from megabot.sandbox.sandbox import LoggedRequest, Sandbox
from megabot.sandbox.user_client import User, UserV4

__all__ = ["Generation", "ImageService", "Limit", "LoggedRequest", "Sandbox", "User", "UserV4"]
