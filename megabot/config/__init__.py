"""Settings: one frozen value, built from mappings passed in and checked whole before anything starts."""

from megabot.config.language_file import read_language
from megabot.config.loading import load
from megabot.config.settings import Settings

__all__ = ["Settings", "load", "read_language"]
