"""The calls about communities that v3 and v4 share: fields in, views out; the rules are in `communities`."""

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.calls.rows import V4_VISIBILITIES
from lemmy_sandbox.languages import every_id
from lemmy_sandbox.records import Community
from lemmy_sandbox.rules import communities
from lemmy_sandbox.rules.communities import Ban, CommunityChange
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.rules.rights import can_see_community


def read(call: Call) -> Json:
    """GET /community."""
    number, name = call.fields.number_or_none("id"), call.fields.text_or_none("name")
    if number is None and name is None:
        raise Refusal("no_id_given")
    call.check_may_read()
    # If both are given, 0.19 uses the id and 1.0 the name.
    by_name = name is not None and (number is None or call.world.is_lemmy_1)
    community = (
        call.community_called(name or "", "couldnt_find_community") if by_name else _named(call, number or 0)
    )
    if not can_see_community(call.caller, community):
        raise Refusal("couldnt_find_community")
    return {
        "community_view": call.views.community_view(call.world, community, call.caller),
        "site": call.views.site(call.world),
        "moderators": call.moderators(community),
        "discussion_languages": _languages(call, community),
    }


def create(call: Call) -> Json:
    """POST /community."""
    name, change = call.fields.text("name"), _change(call)
    if not call.world.is_lemmy_1:
        call.fields.text("title")
    return _answer(call, communities.create(call.world, call.person(), name, change))


def edit(call: Call) -> Json:
    """PUT /community."""
    change, community = _change(call), _written_to(call)
    communities.edit(call.world, call.person(), community, change)
    return _answer(call, community)


def set_moderator(call: Call) -> Json:
    """POST /community/mod."""
    person_id, added = call.fields.number("person_id"), call.fields.flag("added")
    community = _written_to(call)
    communities.set_moderator(call.world, call.person(), community, person_id, added=added)
    return {"moderators": call.moderators(community)}


def ban(call: Call) -> Json:
    """POST /community/ban_user."""
    order = Ban(person_id=call.fields.number("person_id"), ban=call.fields.flag("ban"), reason=call.reason())
    person = communities.ban(call.world, call.person(), _written_to(call), order)
    view = call.views.person_view(call.world, person, call.caller)
    return {"person_view": view} | ({} if call.world.is_lemmy_1 else {"banned": order.ban})


def remove(call: Call) -> Json:
    """POST /community/remove."""
    removed, reason, community = call.fields.flag("removed"), call.reason(), _written_to(call)
    communities.remove(call.world, call.person(), community, removed=removed, reason=reason)
    return _answer(call, community)


def delete(call: Call) -> Json:
    """POST /community/delete, or DELETE /community of v4."""
    deleted, community = call.fields.flag("deleted"), _written_to(call)
    communities.delete(call.person(), community, deleted=deleted)
    return _answer(call, community)


def follow(call: Call) -> Json:
    """POST /community/follow."""
    is_follow, community = call.fields.flag("follow"), _written_to(call)
    communities.follow(call.world, call.person(), community, follow=is_follow)
    return _answer(call, community)


def _written_to(call: Call) -> Community:
    """Return the community to write in. Refuses anonymous callers first."""
    community_id = call.fields.number("community_id")
    call.person()
    return _named(call, community_id)


def _named(call: Call, community_id: int) -> Community:
    if community_id not in call.world.communities:
        raise Refusal("couldnt_find_community")
    return call.world.communities[community_id]


def _change(call: Call) -> CommunityChange:
    fields, is_new = call.fields, call.world.is_lemmy_1
    words = {new if is_new else old: old for old, new in V4_VISIBILITIES.items()}
    visibility = fields.choice_or_none("visibility", tuple(words))
    return CommunityChange(
        title=fields.text_or_none("title"),
        description=fields.text_or_none("summary" if is_new else "description"),
        nsfw=fields.flag_or_none("nsfw"),
        posting_restricted_to_mods=fields.flag_or_none("posting_restricted_to_mods"),
        visibility=visibility and words[visibility],
        languages=fields.numbers_or_none("discussion_languages"),
    )


def _answer(call: Call, community: Community) -> Json:
    view = call.views.community_view(call.world, community, call.caller)
    return {"community_view": view, "discussion_languages": _languages(call, community)}


def _languages(call: Call, community: Community) -> list[int]:
    """Return a community's languages. If it has all of them, 1.0 lists them and 0.19 lists none."""
    return sorted(community.languages or (every_id() if call.world.is_lemmy_1 else ()))
