"""Continue a thread that grew too long in another part: a post of the same edition, linked both ways."""

from dataclasses import replace
from datetime import datetime

from megabot.errors import ConfigError
from megabot.i18n import suggestions
from megabot.i18n.channels import fill
from megabot.i18n.translation import _
from megabot.ledger.current_post import current_post_record
from megabot.ledger.records import PostRecord
from megabot.ports import OfflinePorts
from megabot.reconcile.orders import PART, Order, OrderKind
from megabot.rendering import context_json
from megabot.rendering.model import EDITION_URL, Context, Rendered
from megabot.source import limits


def continuation_order(ports: OfflinePorts, thread: str, number: int, *, at: datetime | None = None) -> Order:
    """Return the order to open another part of the last posted edition.

    Its id is that of the part, so the same part is never opened twice. Raises `ConfigError` if `number` is
    not the next one.
    """
    current = current_post_record(ports.ledger, thread)
    if current is None:
        raise ConfigError(_("nothing posted yet"))
    now = part_number(current)
    if number not in (max(now, 2), now + 1):
        raise ConfigError(
            fill(
                _("the next part is {number}; to open it: {command}"),
                number=now + 1,
                command=suggestions.post_part(thread, now + 1),
            )
        )
    id_ = f"{PART}{thread}/{current.edition}:{number}"
    return Order(OrderKind.REPOST, id_, at=at, part=number)


def part_number(record: PostRecord) -> int:
    """Return which part of its edition a post is, 1 if nothing else is known."""
    context = context_json.from_json(record.context) if record.context else None
    return max(1, context.part) if context else 1


def as_continuation(text: Rendered, context: Context) -> Rendered:
    """Return the text of a part of an edition, with a link to the previous part and one for it."""
    title = _("{title} (part {number})").format(title="", number=context.part)
    previous = _("[Part {number} is here]({url}).").format(number=context.part - 1, url=context.part_of)
    return replace(
        text,
        title=text.title.strip()[: limits.TITLE_LONGEST - len(title)] + title,
        body=f"{previous}\n\n{text.body}",
        comment=_("The thread continues in [part {number}]({url}).").format(
            number=context.part, url=EDITION_URL
        ),
    )
