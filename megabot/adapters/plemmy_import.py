"""The one place that imports plemmy, late, because it costs a tenth of a second."""

import importlib
import sys
from importlib.metadata import distribution
from types import ModuleType


def plemmy_modules() -> tuple[ModuleType, ModuleType]:
    """Give plemmy and its request handlers.

    plemmy 0.4.8 asks `pkg_resources` for its own version; setuptools no longer has that and was never
    declared. A stand-in lies in `sys.modules` for the time of the import and answers from the metadata.
    """
    missing = object()
    before: object = sys.modules.get("pkg_resources", missing)
    stand_in = ModuleType("pkg_resources")
    vars(stand_in)["get_distribution"] = distribution
    sys.modules["pkg_resources"] = stand_in
    try:
        return importlib.import_module("plemmy"), importlib.import_module("plemmy.utils")
    finally:
        if isinstance(before, ModuleType):
            sys.modules["pkg_resources"] = before
        else:
            del sys.modules["pkg_resources"]
