"""A server's description of itself in v3, v4 and nodeinfo, and the settings that an admin can change."""

from lemmy_sandbox.calls.call import Call, Route
from lemmy_sandbox.calls.fields import Fields, Json
from lemmy_sandbox.languages import languages
from lemmy_sandbox.rules.limits import Limit
from lemmy_sandbox.rules.rights import check_admin
from lemmy_sandbox.world import World

_FLAGS = {
    False: ("private_instance", "hide_modlog_mod_names", "community_creation_admin_only"),
    True: ("private_instance", "community_creation_admin_only", "nsfw_content_disallowed"),
}
# The names of a limit's two numbers in a change of the site.
_LIMIT_FIELDS = {
    False: ("rate_limit_{}", "rate_limit_{}_per_second"),
    True: ("rate_limit_{}_max_requests", "rate_limit_{}_interval_seconds"),
}


def description(call: Call) -> Json:
    """Return what every API shows of the site besides its settings."""
    world = call.world
    admins = (person for person in world.people.values() if person.admin)
    return {
        "admins": [call.views.person_view(world, person, call.caller) for person in admins],
        "version": world.generation.version,
        "all_languages": [language._asdict() for language in languages()],
        "discussion_languages": [language.id for language in languages()],
    }


def change(call: Call) -> None:
    """Apply an admin's changes."""
    fields, world, site = call.fields, call.world, call.world.site
    limits = {name: _limit(fields, world, name, limit) for name, limit in site.limits.items()}
    flags = {name: fields.flag_or_none(name) for name in _FLAGS[world.is_lemmy_1]}
    slurs, blocked = fields.text_or_none("slur_filter_regex"), fields.texts_or_none("blocked_urls")
    name = fields.text_or_none("name")
    check_admin(call.person())
    for flag, value in flags.items():
        setattr(site, flag, getattr(site, flag) if value is None else value)
    site.name = site.name if name is None else name
    site.slur_filter_regex = site.slur_filter_regex if slurs is None else slurs or None
    if blocked is not None:
        site.blocked_urls = [_bare(url) for url in blocked] if world.is_lemmy_1 else blocked
    site.limits, site.updated = limits, world.now()


def counts(world: World) -> Json:
    """Return counts. 1.0 counts only accepted accounts, which here are the admins."""
    people = world.people.values()
    return {
        "users": sum(person.admin for person in people) if world.is_lemmy_1 else len(people),
        "posts": sum(not post.is_gone for post in world.posts.values()),
        "comments": sum(not comment.is_gone for comment in world.comments.values()),
        "communities": sum(not community.is_gone for community in world.communities.values()),
    }


def nodeinfo_links(call: Call) -> Json:
    """GET /.well-known/nodeinfo."""
    schema = "http://nodeinfo.diaspora.software/ns/schema/2.1"
    return {"links": [{"rel": schema, "href": call.world.address("nodeinfo", "2.1")}]}


def nodeinfo(call: Call) -> Json:
    """GET /nodeinfo/2.0.json and /nodeinfo/2.1."""
    number_of = counts(call.world)
    home = {"repository": "https://github.com/LemmyNet/lemmy", "homepage": "https://join-lemmy.org/"}
    return {
        "version": "2.1",
        "software": {"name": "lemmy", "version": call.world.generation.version, **home},
        "protocols": ["activitypub"],
        "usage": {
            "users": {"total": number_of["users"], "activeHalfyear": 0, "activeMonth": 0},
            "localPosts": number_of["posts"],
            "localComments": number_of["comments"],
        },
        "openRegistrations": True,
        "services": {"inbound": [], "outbound": []},
        "metadata": {},
    }


NODEINFO_ROUTES = {
    "GET /.well-known/nodeinfo": Route(nodeinfo_links, ()),
    "GET /nodeinfo/2.0.json": Route(nodeinfo, ()),
    "GET /nodeinfo/2.1": Route(nodeinfo, ()),
}


def _limit(fields: Fields, world: World, name: str, old: Limit) -> Limit:
    size_field, seconds_field = (field.format(name) for field in _LIMIT_FIELDS[world.is_lemmy_1])
    size, seconds = fields.number_or_none(size_field), fields.number_or_none(seconds_field)
    return Limit(old.size if size is None else size, seconds or old.seconds)


def _bare(url: str) -> str:
    """Remove the scheme of a blocked address, because 1.0 blocks it under any scheme."""
    return url.removeprefix("https://").removeprefix("http://").rstrip("/")
