"""The v4 calls about communities: fields in, views out; the rules are in `communities`."""

from megabot.sandbox import communities, v4_rows, v4_views
from megabot.sandbox.communities import Ban, CommunityChange
from megabot.sandbox.fields import Ask, Fields, Json
from megabot.sandbox.languages import every_id
from megabot.sandbox.records import Community
from megabot.sandbox.refusal import Refusal
from megabot.sandbox.rights import can_see_community
from megabot.sandbox.v4_fields import community_called
from megabot.sandbox.v4_paging import asked, number, page

_VISIBILITIES = {"public": "Public", "local_only_private": "LocalOnly"}


def read(ask: Ask) -> Json:
    """GET /community."""
    number_, name = ask.fields.number_or_none("id"), ask.fields.text_or_none("name")
    if number_ is None and name is None:
        raise Refusal("no_id_given")
    ask.check_may_read()
    found = community_called(ask, name) if name is not None else named(ask, number_ or 0)
    if not can_see_community(ask.caller, found):
        raise Refusal("couldnt_find_community")
    return {
        "community_view": v4_views.community_view(ask.world, found, ask.caller),
        "site": v4_rows.site(ask.world),
        "moderators": v4_views.moderators(ask.world, found),
        "discussion_languages": languages(found),
    }


def listed(ask: Ask) -> Json:
    """GET /community/list, the newest first: no activity ranks them here."""
    cut = asked(ask.fields)
    ask.check_may_read()
    kept = [one for one in ask.world.communities.values() if _is_listed(ask, one)]
    edge = number(cut)
    return page(
        sorted(kept, key=lambda one: -one.id),
        cut,
        edge=None if edge is None else named(ask, edge),
        order=lambda one: -one.id,
        name=lambda one: one.id,
        view=lambda one: v4_views.community_view(ask.world, one, ask.caller),
    )


def create(ask: Ask) -> Json:
    """POST /community."""
    name, change = ask.fields.text("name"), _change(ask.fields)
    return answer(ask, communities.create(ask.world, ask.person(), name, change))


def edit(ask: Ask) -> Json:
    """PUT /community."""
    change, found = _change(ask.fields), _of_a_write(ask)
    communities.edit(ask.world, ask.person(), found, change)
    return answer(ask, found)


def set_moderator(ask: Ask) -> Json:
    """POST /community/mod."""
    person_id, added = ask.fields.number("person_id"), ask.fields.flag("added")
    found = _of_a_write(ask)
    communities.set_moderator(ask.world, ask.person(), found, person_id, added=added)
    return {"moderators": v4_views.moderators(ask.world, found)}


def ban(ask: Ask) -> Json:
    """POST /community/ban_user."""
    order = Ban(
        person_id=ask.fields.number("person_id"), ban=ask.fields.flag("ban"), reason=ask.fields.text("reason")
    )
    person = communities.ban(ask.world, ask.person(), _of_a_write(ask), order)
    return {"person_view": v4_views.person_view(ask.world, person, ask.caller)}


def remove(ask: Ask) -> Json:
    """POST /community/remove."""
    removed, reason, found = ask.fields.flag("removed"), ask.fields.text("reason"), _of_a_write(ask)
    communities.remove(ask.world, ask.person(), found, removed=removed, reason=reason)
    return answer(ask, found)


def delete(ask: Ask) -> Json:
    """DELETE /community."""
    deleted, found = ask.fields.flag("deleted"), _of_a_write(ask)
    communities.delete(ask.person(), found, deleted=deleted)
    return answer(ask, found)


def follow(ask: Ask) -> Json:
    """POST /community/follow."""
    wanted, found = ask.fields.flag("follow"), _of_a_write(ask)
    communities.follow(ask.world, ask.person(), found, follow=wanted)
    return answer(ask, found)


def answer(ask: Ask, community: Community) -> Json:
    """Show a community to who did something to it."""
    view = v4_views.community_view(ask.world, community, ask.caller)
    return {"community_view": view, "discussion_languages": languages(community)}


def languages(community: Community) -> list[int]:
    """List a community's languages; all of them are written out here."""
    return sorted(community.languages or every_id())


def named(ask: Ask, community_id: int) -> Community:
    """Give the community with this id, in whatever state it is."""
    if community_id not in ask.world.communities:
        raise Refusal("couldnt_find_community")
    return ask.world.communities[community_id]


def _is_listed(ask: Ask, community: Community) -> bool:
    """Tell whether a community is in the list: nobody finds there what is gone."""
    shows_nsfw = ask.fields.flag_or_none("show_nsfw")
    if shows_nsfw is None:
        shows_nsfw = ask.caller is not None and ask.caller.settings.show_nsfw
    if community.is_gone or (community.nsfw and not shows_nsfw):
        return False
    return can_see_community(ask.caller, community)


def _of_a_write(ask: Ask) -> Community:
    community_id = ask.fields.number("community_id")
    ask.person()
    return named(ask, community_id)


def _change(fields: Fields) -> CommunityChange:
    visibility = fields.choice_or_none("visibility", tuple(_VISIBILITIES))
    return CommunityChange(
        title=fields.text_or_none("title"),
        description=fields.text_or_none("summary"),
        nsfw=fields.flag_or_none("nsfw"),
        posting_restricted_to_mods=fields.flag_or_none("posting_restricted_to_mods"),
        visibility=visibility and _VISIBILITIES[visibility],
        languages=fields.numbers_or_none("discussion_languages"),
    )
