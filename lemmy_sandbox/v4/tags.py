"""The v4 calls about tags; the rules are in `communities`."""

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.rules import communities
from lemmy_sandbox.rules.communities import TagLook
from lemmy_sandbox.v4 import rows


def create(call: Call) -> Json:
    """POST /community/tag."""
    community_id, name, look = call.fields.number("community_id"), call.fields.text("name"), _look(call)
    return rows.tag(call.world, communities.create_tag(call.world, call.person(), community_id, name, look))


def edit(call: Call) -> Json:
    """PUT /community/tag."""
    tag_id, look = call.fields.number("tag_id"), _look(call)
    return rows.tag(call.world, communities.edit_tag(call.world, call.person(), tag_id, look))


def delete(call: Call) -> Json:
    """DELETE /community/tag."""
    tag_id, deleted = call.fields.number("tag_id"), call.fields.flag("delete")
    return rows.tag(call.world, communities.delete_tag(call.world, call.person(), tag_id, deleted=deleted))


def _look(call: Call) -> TagLook:
    return TagLook(
        display_name=call.fields.text_or_none("display_name"),
        color=call.fields.choice_or_none("color", communities.TAG_COLORS),
    )
