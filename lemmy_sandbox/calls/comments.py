"""The calls about comments that v3 and v4 share: fields in, views out; the rules are in `comments`."""

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.rules import comments
from lemmy_sandbox.rules.comments import CommentText, Written
from lemmy_sandbox.rules.refusal import Refusal


def create(call: Call) -> Json:
    """POST /comment."""
    text = CommentText(
        content=call.fields.text("content"),
        post_id=call.fields.number("post_id"),
        parent_id=call.fields.number_or_none("parent_id"),
        language_id=call.fields.number_or_none("language_id"),
    )
    return _answer(call, comments.create(call.world, call.person(), text))


def edit(call: Call) -> Json:
    """PUT /comment."""
    comment_id, content = call.fields.number("comment_id"), call.fields.text_or_none("content")
    language_id = call.fields.number_or_none("language_id")
    return _answer(call, comments.edit(call.world, call.person(), comment_id, content, language_id))


def read(call: Call) -> Json:
    """GET /comment."""
    comment_id = call.fields.number("id")
    call.check_may_read()
    return _answer(call, Written(comments.find_comment(call.world, comment_id)))


def distinguish(call: Call) -> Json:
    """POST /comment/distinguish."""
    comment_id, distinguished = call.fields.number("comment_id"), call.fields.flag("distinguished")
    comment = comments.distinguish(call.world, call.person(), comment_id, distinguished=distinguished)
    return _answer(call, Written(comment))


def remove(call: Call) -> Json:
    """POST /comment/remove."""
    comment_id, removed = call.fields.number("comment_id"), call.fields.flag("removed")
    reason = call.reason()
    return _answer(
        call, comments.remove(call.world, call.person(), comment_id, removed=removed, reason=reason)
    )


def delete(call: Call) -> Json:
    """POST /comment/delete, or DELETE /comment of v4."""
    comment_id, deleted = call.fields.number("comment_id"), call.fields.flag("deleted")
    return _answer(call, comments.delete(call.world, call.person(), comment_id, deleted=deleted))


def like(call: Call) -> Json:
    """POST /comment/like."""
    comment_id, score = call.fields.number("comment_id"), call.views.vote(call.fields)
    return _answer(call, Written(comments.vote(call.world, call.person(), comment_id, score)))


def _answer(call: Call, written: Written) -> Json:
    community = call.world.community_of(call.world.posts[written.comment.post_id])
    if call.caller is None and community.visibility != "Public":
        raise Refusal("couldnt_find_comment")
    return call.views.comment_answer(call.world, written.comment, call.caller, written.told)
