"""The v4 calls about communities' tags: fields in, rows out; the rules are in `tags`."""

from megabot.sandbox import tags, v4_rows
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.tags import Look


def create(ask: Ask) -> Json:
    """POST /community/tag."""
    community_id, name, look = ask.fields.number("community_id"), ask.fields.text("name"), _look(ask)
    return v4_rows.tag(ask.world, tags.create(ask.world, ask.person(), community_id, name, look))


def edit(ask: Ask) -> Json:
    """PUT /community/tag."""
    tag_id, look = ask.fields.number("tag_id"), _look(ask)
    return v4_rows.tag(ask.world, tags.edit(ask.world, ask.person(), tag_id, look))


def delete(ask: Ask) -> Json:
    """DELETE /community/tag."""
    tag_id, deleted = ask.fields.number("tag_id"), ask.fields.flag("delete")
    return v4_rows.tag(ask.world, tags.delete(ask.world, ask.person(), tag_id, deleted=deleted))


def _look(ask: Ask) -> Look:
    return Look(
        display_name=ask.fields.text_or_none("display_name"),
        color=ask.fields.choice_or_none("color", tags.COLORS),
    )
