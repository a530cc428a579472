"""The v3 calls about communities: fields in, views out; the rules are in `communities`."""

from megabot.sandbox import communities, v3_rows, v3_views
from megabot.sandbox.communities import Ban, CommunityChange
from megabot.sandbox.fields import Ask, Fields, Json
from megabot.sandbox.records import Community
from megabot.sandbox.refusal import Refusal
from megabot.sandbox.rights import can_see_community
from megabot.sandbox.v3_posts import community_called, page

_VISIBILITIES = ("Public", "LocalOnly")


def read(ask: Ask) -> Json:
    """GET /community."""
    number, name = ask.fields.number_or_none("id"), ask.fields.text_or_none("name")
    if number is None and name is None:
        raise Refusal("no_id_given")
    ask.check_may_read()
    found = _wanted(ask, number, name or "")
    if not can_see_community(ask.caller, found):
        raise Refusal("couldnt_find_community")
    return {
        "community_view": v3_views.community_view(ask.world, found, ask.caller),
        "site": v3_rows.site(ask.world),
        "moderators": v3_views.moderators(ask.world, found),
        "discussion_languages": sorted(found.languages),
    }


def listed(ask: Ask) -> Json:
    """GET /community/list."""
    cut = page(ask.fields)
    ask.check_may_read()
    found = [one for one in ask.world.communities.values() if can_see_community(ask.caller, one)]
    views = [v3_views.community_view(ask.world, one, ask.caller) for one in cut.of(found)]
    return {"communities": views}


def create(ask: Ask) -> Json:
    """POST /community."""
    name = ask.fields.text("name")
    ask.fields.text("title")
    return _answer(ask, communities.create(ask.world, ask.person(), name, _change(ask.fields)))


def edit(ask: Ask) -> Json:
    """PUT /community."""
    change, found = _change(ask.fields), _named(ask)
    communities.edit(ask.world, ask.person(), found, change)
    return _answer(ask, found)


def set_moderator(ask: Ask) -> Json:
    """POST /community/mod."""
    person_id, added = ask.fields.number("person_id"), ask.fields.flag("added")
    found = _named(ask)
    communities.set_moderator(ask.world, ask.person(), found, person_id, added=added)
    return {"moderators": v3_views.moderators(ask.world, found)}


def ban(ask: Ask) -> Json:
    """POST /community/ban_user."""
    order = Ban(
        person_id=ask.fields.number("person_id"),
        ban=ask.fields.flag("ban"),
        reason=ask.fields.text_or_none("reason"),
    )
    person = communities.ban(ask.world, ask.person(), _named(ask), order)
    return {"person_view": v3_views.person_view(ask.world, person), "banned": order.ban}


def remove(ask: Ask) -> Json:
    """POST /community/remove."""
    removed, reason, found = ask.fields.flag("removed"), ask.fields.text_or_none("reason"), _named(ask)
    communities.remove(ask.world, ask.person(), found, removed=removed, reason=reason)
    return _answer(ask, found)


def delete(ask: Ask) -> Json:
    """POST /community/delete."""
    deleted, found = ask.fields.flag("deleted"), _named(ask)
    communities.delete(ask.person(), found, deleted=deleted)
    return _answer(ask, found)


def follow(ask: Ask) -> Json:
    """POST /community/follow."""
    wanted, found = ask.fields.flag("follow"), _named(ask)
    communities.follow(ask.world, ask.person(), found, follow=wanted)
    return _answer(ask, found)


def _wanted(ask: Ask, number: int | None, name: str) -> Community:
    if number is None:
        return community_called(ask, name, "couldnt_find_community")
    if number not in ask.world.communities:
        raise Refusal("couldnt_find_community")
    return ask.world.communities[number]


def _named(ask: Ask) -> Community:
    """Give the community of a write, once it is known that somebody is signed in."""
    number = ask.fields.number("community_id")
    ask.person()
    return _wanted(ask, number, "")


def _change(fields: Fields) -> CommunityChange:
    return CommunityChange(
        title=fields.text_or_none("title"),
        description=fields.text_or_none("description"),
        nsfw=fields.flag_or_none("nsfw"),
        posting_restricted_to_mods=fields.flag_or_none("posting_restricted_to_mods"),
        visibility=fields.choice_or_none("visibility", _VISIBILITIES),
        languages=fields.numbers_or_none("discussion_languages"),
    )


def _answer(ask: Ask, community: Community) -> Json:
    view = v3_views.community_view(ask.world, community, ask.caller)
    return {"community_view": view, "discussion_languages": sorted(community.languages)}
