"""A small Lemmy 0.19 in memory, for the demo, the tests and the benchmarks; never part of a running bot."""

from megabot.sandbox.hands import Hand
from megabot.sandbox.limits import Limit
from megabot.sandbox.records import ImageService
from megabot.sandbox.sandbox import LoggedRequest, Sandbox

__all__ = ["Hand", "ImageService", "Limit", "LoggedRequest", "Sandbox"]
