"""The v4 calls about notifications and private messages; the rules are in `notifications` and `inbox`."""

from megabot.sandbox import inbox, notifications, rights, v4_paging, v4_views
from megabot.sandbox.fields import Ask, Json
from megabot.sandbox.notifications import NotificationQuery
from megabot.sandbox.records import Notification, NotificationKind
from megabot.sandbox.refusal import Refusal

_TYPES = ("all", "mention", "reply", "subscribed", "private_message", "mod_action")


def unread_counts(ask: Ask) -> Json:
    """GET /account/unread_counts; moderators and admins are told more."""
    person, counts = ask.person(), {"notification_count": notifications.unread(ask.world, ask.person())}
    if person.admin or rights.moderates_anything(ask.world, person):
        counts |= {"report_count": 0, "pending_follow_count": 0}
    return {**counts, **({"registration_application_count": 0} if person.admin else {})}


def listed(ask: Ask) -> Json:
    """GET /account/notification/list."""
    kind = ask.fields.filter_or_none("type_", _TYPES, "NotificationTypeFilter")
    query = NotificationQuery(
        unread_only=bool(ask.fields.flag_or_none("unread_only")),
        kind=_KINDS.get(kind or "all"),
        creator_id=ask.fields.number_or_none("creator_id"),
    )
    cut, person = v4_paging.asked(ask.fields), ask.person()
    # Nobody subscribes to a post or a community here, so nothing is ever told for that reason.
    found = [] if kind == "subscribed" else notifications.listed(ask.world, person, query)
    return v4_paging.page(
        found,
        cut,
        edge=_edge(ask, v4_paging.number(cut)),
        order=notifications.order,
        name=lambda one: one.id,
        view=lambda one: v4_views.notification_view(ask.world, one, person),
    )


def mark(ask: Ask) -> Json:
    """POST /account/notification/mark_as_read; a number that is not one's own is no mistake."""
    number, read = ask.fields.number("notification_id"), ask.fields.flag("read")
    notifications.mark(ask.world, ask.person(), number, read=read)
    return {"success": True}


def mark_all(ask: Ask) -> Json:
    """POST /account/notification/mark_as_read/all."""
    notifications.mark_all(ask.world, ask.person())
    return {"success": True}


def send(ask: Ask) -> Json:
    """POST /private_message."""
    content, recipient_id = ask.fields.text("content"), ask.fields.number("recipient_id")
    message = inbox.send(ask.world, ask.person(), recipient_id, content)
    return {"private_message_view": v4_views.message_view(ask.world, message)}


def edit_message(ask: Ask) -> Json:
    """PUT /private_message."""
    number, content = ask.fields.number("private_message_id"), ask.fields.text("content")
    message = inbox.edit(ask.world, ask.person(), number, content)
    return {"private_message_view": v4_views.message_view(ask.world, message)}


_KINDS = {kind.value: kind for kind in NotificationKind}


def _edge(ask: Ask, number: int | None) -> Notification | None:
    if number is None:
        return None
    if number not in ask.world.notifications:
        raise Refusal("not_found")
    return ask.world.notifications[number]
