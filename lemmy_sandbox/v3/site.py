"""GET and PUT /api/v3/site: the server's description of itself and of the caller."""

from lemmy_sandbox.calls import site as calls_site
from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.calls.rows import time, without_none
from lemmy_sandbox.fixed_fields import fixed_fields
from lemmy_sandbox.records import Person
from lemmy_sandbox.v3 import rows, views
from lemmy_sandbox.world import World


def read(call: Call) -> Json:
    """GET /site. With a dead token it answers 200 without `my_user` (lemmy-api 2.1)."""
    world = call.world
    published = time(world.site.published)
    blocked = enumerate(world.site.blocked_urls, 1)
    return {
        "site_view": _site_view(world),
        **calls_site.description(call),
        # Its absence is the only sign of a dead token (recorded: 013).
        **({"my_user": _my_user(call, call.caller)} if call.caller else {}),
        "taglines": [],
        "custom_emojis": [],
        "blocked_urls": [{"id": number, "url": url, "published": published} for number, url in blocked],
    }


def edit(call: Call) -> Json:
    """PUT /site."""
    calls_site.change(call)
    return {"site_view": _site_view(call.world), "taglines": []}


def _site_view(world: World) -> Json:
    site, stamps = world.site, {"published": time(world.site.published)}
    local_site = {
        "id": 1,
        "site_id": 1,
        **fixed_fields("v3 site"),
        "community_creation_admin_only": site.community_creation_admin_only,
        "private_instance": site.private_instance,
        "hide_modlog_mod_names": site.hide_modlog_mod_names,
        "slur_filter_regex": site.slur_filter_regex,
        **stamps,
        "updated": time(site.updated),
    }
    limits: Json = {"local_site_id": 1, **stamps, "import_user_settings": 1}
    for name, limit in site.limits.items():
        limits |= {name: limit.size, f"{name}_per_second": limit.seconds}
    return {
        "site": rows.site(world),
        "local_site": without_none(local_site),
        "local_site_rate_limit": {**limits, "import_user_settings_per_second": 86400},
        "counts": {"site_id": 1, **calls_site.counts(world), **views.NO_ACTIVITY},
    }


def _my_user(call: Call, person: Person) -> Json:
    world, row = call.world, rows.person(call.world, person)
    blocked = (world.people[number] for number in sorted(person.blocked))
    return {
        "local_user_view": {
            "local_user": _account(person),
            "local_user_vote_display_mode": views.vote_display_mode(person.account_id),
            "person": row,
            "counts": views.person_counts(world, person),
        },
        "follows": [
            {"community": rows.community(world, community), "follower": row}
            for community in world.followed_by(person)
        ],
        "moderates": call.seats_of(person),
        "community_blocks": [],
        "instance_blocks": [],
        "person_blocks": [{"person": row, "target": rows.person(world, target)} for target in blocked],
        "discussion_languages": sorted(person.settings.languages),
    }


def _account(person: Person) -> Json:
    settings = person.settings
    return {
        "id": person.account_id,
        "person_id": person.id,
        "show_nsfw": settings.show_nsfw,
        "default_sort_type": settings.default_sort_type,
        "default_listing_type": settings.default_listing_type,
        "show_bot_accounts": settings.show_bot_accounts,
        "show_read_posts": settings.show_read_posts,
        "admin": person.admin,
        "totp_2fa_enabled": person.totp_secret is not None,
        **fixed_fields("v3 account"),
        "last_donation_notification": time(person.published),
    }
