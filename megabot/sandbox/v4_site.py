"""GET and PUT /api/v4/site: what the server says of itself and an admin may change."""

from megabot.sandbox import v4_rows, v4_views
from megabot.sandbox.fields import Ask, Fields, Json
from megabot.sandbox.languages import languages
from megabot.sandbox.limits import Limit
from megabot.sandbox.records import Person
from megabot.sandbox.rights import check_admin
from megabot.sandbox.rows import time, without_none
from megabot.sandbox.world import World

# What the recorded server said and nothing in the sandbox changes.
_FIXED_SITE: Json = {
    "site_setup": True,
    "email_verification_required": False,
    "application_question": "to verify that you are human, please explain why you want to create an account "
    "on this site",
    "default_theme": "browser",
    "default_post_listing_type": "local",
    "application_email_admins": False,
    "federation_enabled": True,
    "registration_mode": "open",
    "reports_email_admins": False,
    "federation_signed_fetch": True,
    "default_post_listing_mode": "list",
    "default_post_sort_type": "active",
    "default_comment_sort_type": "hot",
    "oauth_registration": True,
    "post_upvotes": "all",
    "post_downvotes": "all",
    "comment_upvotes": "all",
    "comment_downvotes": "all",
    "users_active_day": 0,
    "users_active_week": 0,
    "users_active_month": 0,
    "users_active_half_year": 0,
    "email_notifications_disabled": False,
    "default_items_per_page": 20,
    "image_mode": "proxy_all_images",
    "image_upload_timeout_seconds": 30,
    "image_max_thumbnail_size": 512,
    "image_max_avatar_size": 512,
    "image_max_banner_size": 1024,
    "image_max_upload_size": 1024,
    "image_allow_video_uploads": True,
    "image_upload_disabled": False,
    "max_invites_per_user_allowed": 10,
}


_FLAGS = ("private_instance", "community_creation_admin_only", "nsfw_content_disallowed")


def read(ask: Ask) -> Json:
    """GET /site: to everyone the same; about the own account one asks elsewhere."""
    world = ask.world
    return {
        "site_view": site_view(world),
        "admins": [
            v4_views.person_view(world, person, ask.caller)
            for person in world.people.values()
            if person.admin
        ],
        "version": world.generation.version,
        "all_languages": [language._asdict() for language in languages()],
        "discussion_languages": [language.id for language in languages()],
        "oauth_providers": [],
        "admin_oauth_providers": [],
        "blocked_urls": blocked_urls(world),
        "active_plugins": [],
        "captcha_enabled": False,
    }


def edit(ask: Ask) -> Json:
    """PUT /site."""
    fields, site = ask.fields, ask.world.site
    limits = _limits(fields, site.limits)
    flags = {name: fields.flag_or_none(name) for name in _FLAGS}
    slurs, blocked = fields.text_or_none("slur_filter_regex"), fields.texts_or_none("blocked_urls")
    name = fields.text_or_none("name")
    check_admin(ask.person())
    for flag, value in flags.items():
        setattr(site, flag, getattr(site, flag) if value is None else value)
    site.name = site.name if name is None else name
    site.slur_filter_regex = site.slur_filter_regex if slurs is None else slurs or None
    site.blocked_urls = site.blocked_urls if blocked is None else [_bare(url) for url in blocked]
    site.limits, site.updated = limits, ask.world.now()
    return {"site_view": site_view(ask.world)}


def site_view(world: World) -> Json:
    """Show the site with its settings and limits."""
    site = world.site
    stamps: Json = {"published_at": time(site.published), "updated_at": time(site.updated)}
    local_site: Json = {
        "id": 1,
        "site_id": 1,
        **_FIXED_SITE,
        "community_creation_admin_only": site.community_creation_admin_only,
        "private_instance": site.private_instance,
        "nsfw_content_disallowed": site.nsfw_content_disallowed,
        "slur_filter_regex": site.slur_filter_regex,
        **counts(world),
        **stamps,
    }
    limits: Json = {"local_site_id": 1, **stamps, "import_user_settings_max_requests": 3}
    for name, limit in site.limits.items():
        limits |= {f"{name}_max_requests": limit.size, f"{name}_interval_seconds": limit.seconds}
    return {
        "site": v4_rows.site(world),
        "local_site": without_none(local_site),
        "local_site_rate_limit": {**limits, "import_user_settings_interval_seconds": 86400},
        "instance": v4_rows.instance(world),
    }


def blocked_urls(world: World) -> list[Json]:
    """List the addresses that the site blocks."""
    published = time(world.site.published)
    entries = enumerate(world.site.blocked_urls, 1)
    return [{"id": number, "url": url, "published_at": published} for number, url in entries]


def _admins(world: World) -> list[Person]:
    return [person for person in world.people.values() if person.admin]


def counts(world: World) -> Json:
    """Count what there is: of accounts those that were accepted, which here is only who set the site up."""
    return {
        "users": sum(person.admin for person in world.people.values()),
        "posts": sum(not post.is_gone for post in world.posts.values()),
        "comments": sum(not comment.is_gone for comment in world.comments.values()),
        "communities": sum(not community.is_gone for community in world.communities.values()),
    }


def _bare(url: str) -> str:
    """Cut an address to what blocks it under any scheme."""
    return url.removeprefix("https://").removeprefix("http://").rstrip("/")


def _limits(fields: Fields, old: dict[str, Limit]) -> dict[str, Limit]:
    return {
        name: Limit(
            _or_old(fields.number_or_none(f"rate_limit_{name}_max_requests"), limit.size),
            fields.number_or_none(f"rate_limit_{name}_interval_seconds") or limit.seconds,
        )
        for name, limit in old.items()
    }


def _or_old(value: int | None, old: int) -> int:
    return old if value is None else value
