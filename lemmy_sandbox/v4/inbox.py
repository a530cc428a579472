"""The v4 calls about notifications; the rules are in `notifications`."""

from lemmy_sandbox.calls.call import Call
from lemmy_sandbox.calls.fields import Json
from lemmy_sandbox.records import Notification, NotificationKind
from lemmy_sandbox.rules import notifications, rights
from lemmy_sandbox.rules.notifications import NotificationQuery
from lemmy_sandbox.rules.refusal import Refusal
from lemmy_sandbox.v4 import paging, views

_TYPES = ("all", "mention", "reply", "subscribed", "private_message", "mod_action")


def unread_counts(call: Call) -> Json:
    """GET /account/unread_counts; moderators and admins are told more."""
    person = call.person()
    counts = {"notification_count": notifications.count_unread(call.world, person)}
    if person.admin or rights.moderates_anything(call.world, person):
        counts |= {"report_count": 0, "pending_follow_count": 0}
    return {**counts, **({"registration_application_count": 0} if person.admin else {})}


def list_notifications(call: Call) -> Json:
    """GET /account/notification/list."""
    kind = call.fields.filter_or_none("type_", _TYPES, "NotificationTypeFilter")
    query = NotificationQuery(
        unread_only=bool(call.fields.flag_or_none("unread_only")),
        kind=_KINDS.get(kind or "all"),
        creator_id=call.fields.number_or_none("creator_id"),
    )
    cut, person = paging.read_cut(call.fields), call.person()
    # Nobody subscribes to a post or a community here, so nothing is ever told for that reason.
    found = [] if kind == "subscribed" else notifications.list_notifications(call.world, person, query)
    return paging.page(
        found,
        cut,
        edge=_edge(call, paging.number(cut)),
        order=notifications.sort_key,
        name=lambda notification: notification.id,
        view=lambda notification: views.notification_view(call.world, notification, person),
    )


def mark(call: Call) -> Json:
    """POST /account/notification/mark_as_read; a number that is not one's own is no mistake."""
    number, read = call.fields.number("notification_id"), call.fields.flag("read")
    notifications.mark(call.world, call.person(), number, read=read)
    return {"success": True}


def mark_all(call: Call) -> Json:
    """POST /account/notification/mark_as_read/all."""
    notifications.mark_all(call.world, call.person())
    return {"success": True}


_KINDS = {kind.value: kind for kind in NotificationKind}


def _edge(call: Call, number: int | None) -> Notification | None:
    if number is None:
        return None
    if number not in call.world.notifications:
        raise Refusal("not_found")
    return call.world.notifications[number]
