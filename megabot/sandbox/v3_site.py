"""GET and PUT /api/v3/site: what the server says of itself and an admin may change."""

from megabot.sandbox import v3_rows, v3_views
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
    "enable_downvotes": True,
    "enable_nsfw": True,
    "require_email_verification": False,
    "application_question": "to verify that you are human, please explain why you want to create an account "
    "on this site",
    "default_theme": "browser",
    "default_post_listing_type": "Local",
    "application_email_admins": False,
    "actor_name_max_length": 20,
    "federation_enabled": True,
    "captcha_enabled": False,
    "captcha_difficulty": "medium",
    "registration_mode": "Open",
    "reports_email_admins": False,
    "federation_signed_fetch": False,
    "default_post_listing_mode": "List",
    "default_sort_type": "Active",
}
_FIXED_ACCOUNT: Json = {
    "theme": "browser",
    "interface_language": "browser",
    "show_avatars": True,
    "send_notifications_to_email": False,
    "show_scores": True,
    "email_verified": False,
    "accepted_application": True,
    "open_links_in_new_tab": False,
    "blur_nsfw": True,
    "auto_expand": False,
    "infinite_scroll_enabled": False,
    "post_listing_mode": "List",
    "enable_keyboard_navigation": False,
    "enable_animated_images": True,
    "collapse_bot_comments": False,
}
_NO_ACTIVITY: Json = {
    "users_active_day": 0,
    "users_active_week": 0,
    "users_active_month": 0,
    "users_active_half_year": 0,
}


def read(ask: Ask) -> Json:
    """GET /site: the one call that tells a dead token from a live one by what is missing."""
    world = ask.world
    mine: Json = {"my_user": _my_user(world, ask.caller)} if ask.caller else {}
    return {
        "site_view": _site_view(world),
        "admins": [v3_views.person_view(world, person) for person in world.people.values() if person.admin],
        "version": world.generation.version,
        **mine,
        "all_languages": [language._asdict() for language in languages()],
        "discussion_languages": [language.id for language in languages()],
        "taglines": [],
        "custom_emojis": [],
        "blocked_urls": [_blocked_url(world, *entry) for entry in enumerate(world.site.blocked_urls, 1)],
    }


def edit(ask: Ask) -> Json:
    """PUT /site."""
    fields, site = ask.fields, ask.world.site
    limits = _limits(fields, site.limits)
    flags = {
        name: fields.flag_or_none(name)
        for name in ("private_instance", "hide_modlog_mod_names", "community_creation_admin_only")
    }
    slurs, blocked = fields.text_or_none("slur_filter_regex"), fields.texts_or_none("blocked_urls")
    name = fields.text_or_none("name")
    check_admin(ask.person())
    for flag, value in flags.items():
        setattr(site, flag, getattr(site, flag) if value is None else value)
    site.name = site.name if name is None else name
    site.slur_filter_regex = site.slur_filter_regex if slurs is None else slurs or None
    site.blocked_urls = site.blocked_urls if blocked is None else blocked
    site.limits, site.updated = limits, ask.world.now()
    return {"site_view": _site_view(ask.world), "taglines": []}


def _site_view(world: World) -> Json:
    site, stamps = world.site, {"published": time(world.site.published)}
    local_site = {
        "id": 1,
        "site_id": 1,
        **_FIXED_SITE,
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
        "site": v3_rows.site(world),
        "local_site": without_none(local_site),
        "local_site_rate_limit": {**limits, "import_user_settings_per_second": 86400},
        "counts": {"site_id": 1, **counts(world), **_NO_ACTIVITY},
    }


def counts(world: World) -> Json:
    """Count what there is."""
    return {
        "users": len(world.people),
        "posts": sum(not post.is_gone for post in world.posts.values()),
        "comments": sum(not comment.is_gone for comment in world.comments.values()),
        "communities": sum(not community.is_gone for community in world.communities.values()),
    }


def _my_user(world: World, person: Person) -> Json:
    follows = [one for one in world.communities.values() if person.id in one.followers and not one.is_gone]
    return {
        "local_user_view": {
            "local_user": _account(person),
            "local_user_vote_display_mode": {
                "local_user_id": person.account_id,
                "score": False,
                "upvotes": True,
                "downvotes": True,
                "upvote_percentage": False,
            },
            "person": v3_rows.person(world, person),
            "counts": v3_views.person_counts(world, person),
        },
        "follows": [_follow(world, person, community_id=one.id) for one in follows],
        "moderates": v3_views.seats_of(world, person),
        "community_blocks": [],
        "instance_blocks": [],
        "person_blocks": [_block(world, person, target) for target in sorted(person.blocked)],
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
        **_FIXED_ACCOUNT,
        "last_donation_notification": time(person.published),
    }


def _follow(world: World, person: Person, *, community_id: int) -> Json:
    community = v3_rows.community(world, world.communities[community_id])
    return {"community": community, "follower": v3_rows.person(world, person)}


def _block(world: World, person: Person, target: int) -> Json:
    return {
        "person": v3_rows.person(world, person),
        "target": v3_rows.person(world, world.people[target]),
    }


def _blocked_url(world: World, number: int, url: str) -> Json:
    return {"id": number, "url": url, "published": time(world.site.published)}


def _limits(fields: Fields, old: dict[str, Limit]) -> dict[str, Limit]:
    return {
        name: Limit(
            _or_old(fields.number_or_none(f"rate_limit_{name}"), limit.size),
            fields.number_or_none(f"rate_limit_{name}_per_second") or limit.seconds,
        )
        for name, limit in old.items()
    }


def _or_old(value: int | None, old: int) -> int:
    return old if value is None else value
