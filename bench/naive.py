"""What a naive bot does at a handover, for comparison: no template, no ledger, no look, no way back.

Takes the same environment as megabot, and the file with the text as its argument.
"""

import os
import sys
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType

# plemmy 0.4.8 asks pkg_resources for its version, and setuptools no longer has that.
_STAND_IN = ModuleType("pkg_resources")
vars(_STAND_IN)["get_distribution"] = distribution
sys.modules["pkg_resources"] = _STAND_IN

from plemmy import LemmyHttp  # noqa: E402


def hand_over(text: str) -> None:
    """Sign in, read the community, find the pinned post, create, pin, unpin."""
    server = LemmyHttp(os.environ["MEGABOT_INSTANCE"])
    server.login(os.environ["MEGABOT_USERNAME"], os.environ["MEGABOT_PASSWORD"])
    found = server.get_community(name=os.environ["MEGABOT_COMMUNITY"]).json()
    community = found["community_view"]["community"]["id"]
    posts = [view["post"] for view in server.get_posts(community_id=community).json()["posts"]]
    made = server.create_post(community, "News megathread", body=text).json()
    server.feature_post("Community", True, made["post_view"]["post"]["id"])
    for post in posts:
        if post["featured_community"]:
            server.feature_post("Community", False, post["id"])


if __name__ == "__main__":
    hand_over(Path(sys.argv[1]).read_text(encoding="utf-8"))
