"""A small Lemmy in memory, 0.19 or 1.0, for demo, tests and benchmarks; never part of a running bot."""

from megabot.sandbox.limits import Limit
from megabot.sandbox.records import Generation, ImageService
from megabot.sandbox.sandbox import LoggedRequest, Sandbox
from megabot.sandbox.user_client import Hand, HandV4

__all__ = ["Generation", "Hand", "HandV4", "ImageService", "Limit", "LoggedRequest", "Sandbox"]
