"""Parts of a thread that has grown too long: the same edition, each part linked to the one before."""

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
    """Make the order to open a part of the edition that was posted last; the same part is never made twice.

    Raises `ConfigError` for a number that is not the next one.
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
    """Return which part of its edition a post is; 1 if unknown."""
    made_of = context_json.from_json(record.context) if record.context else None
    return max(1, made_of.part) if made_of else 1


def as_continuation(text: Rendered, context: Context) -> Rendered:
    """Make the text of an edition that of a part of it: chained to the part before, and told there."""
    title = _("{title} (part {number})").format(title="", number=context.part)
    before = _("[Part {number} is here]({url}).").format(number=context.part - 1, url=context.part_of)
    return replace(
        text,
        title=text.title.strip()[: limits.TITLE_LONGEST - len(title)] + title,
        body=f"{before}\n\n{text.body}",
        comment=_("The thread continues in [part {number}]({url}).").format(
            number=context.part, url=EDITION_URL
        ),
    )
