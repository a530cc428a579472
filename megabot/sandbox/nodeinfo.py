"""Nodeinfo: what any server of the network says of itself, under no version of an API."""

from megabot.sandbox import v3_site, v4_site
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.route import Route


def links(ask: Ask) -> Json:
    """GET /.well-known/nodeinfo."""
    schema = "http://nodeinfo.diaspora.software/ns/schema/2.1"
    return {"links": [{"rel": schema, "href": ask.world.address("nodeinfo", "2.1")}]}


def read(ask: Ask) -> Json:
    """GET /nodeinfo/2.0.json and /nodeinfo/2.1."""
    counts = (v4_site if ask.world.is_lemmy_1 else v3_site).counts(ask.world)
    home = {"repository": "https://github.com/LemmyNet/lemmy", "homepage": "https://join-lemmy.org/"}
    return {
        "version": "2.1",
        "software": {"name": "lemmy", "version": ask.world.generation.version, **home},
        "protocols": ["activitypub"],
        "usage": {
            "users": {"total": counts["users"], "activeHalfyear": 0, "activeMonth": 0},
            "localPosts": counts["posts"],
            "localComments": counts["comments"],
        },
        "openRegistrations": True,
        "services": {"inbound": [], "outbound": []},
        "metadata": {},
    }


ROUTES = {
    "GET /.well-known/nodeinfo": Route(links, ()),
    "GET /nodeinfo/2.0.json": Route(read, ()),
    "GET /nodeinfo/2.1": Route(read, ()),
}
