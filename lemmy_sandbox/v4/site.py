"""GET and PUT /api/v4/site: the server's description of itself. v4 has a separate call for the account."""

from lemmy_sandbox.calls import site as calls_site
from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.calls.rows import time, without_none
from lemmy_sandbox.fixed_fields import fixed_fields
from lemmy_sandbox.v4 import rows
from lemmy_sandbox.world import World


def read(call: Call) -> Json:
    """GET /site, the same to everyone."""
    world = call.world
    published = time(world.site.published)
    blocked = enumerate(world.site.blocked_urls, 1)
    return {
        "site_view": _site_view(world),
        **calls_site.description(call),
        "oauth_providers": [],
        "admin_oauth_providers": [],
        "blocked_urls": [{"id": number, "url": url, "published_at": published} for number, url in blocked],
        "active_plugins": [],
        "captcha_enabled": False,
    }


def edit(call: Call) -> Json:
    """PUT /site."""
    calls_site.change(call)
    return {"site_view": _site_view(call.world)}


def _site_view(world: World) -> Json:
    site = world.site
    stamps: Json = {"published_at": time(site.published), "updated_at": time(site.updated)}
    local_site: Json = {
        "id": 1,
        "site_id": 1,
        **fixed_fields("v4 site"),
        "community_creation_admin_only": site.community_creation_admin_only,
        "private_instance": site.private_instance,
        "nsfw_content_disallowed": site.nsfw_content_disallowed,
        "slur_filter_regex": site.slur_filter_regex,
        **calls_site.counts(world),
        **stamps,
    }
    limits: Json = {"local_site_id": 1, **stamps, "import_user_settings_max_requests": 3}
    for name, limit in site.limits.items():
        limits |= {f"{name}_max_requests": limit.size, f"{name}_interval_seconds": limit.seconds}
    return {
        "site": rows.site(world),
        "local_site": without_none(local_site),
        "local_site_rate_limit": {**limits, "import_user_settings_interval_seconds": 86400},
        "instance": rows.instance(world),
    }
