"""The text of the message that tells moderators what needs them."""

from megabot.forum.escaping import escape
from megabot.i18n.catalogue import Language
from megabot.i18n.channels import cut, markdown
from megabot.service.alert_policy import AlertDigest

_LONGEST_ALERT, _MOST_ALERTS = 700, 5  # of one message, which may have 10,000 characters when escaped


def alert_digest(lang: Language, digest: AlertDigest) -> str:
    """Write the message about what needs the moderators, and what does not any more. Markdown."""
    parts = []
    if digest.new:
        parts.append(f"{lang.needs_moderator}\n\n{_items(lang, digest.new)}")
    if digest.over:
        parts.append(f"{lang.is_over}\n\n{_items(lang, digest.over)}")
    return "\n\n".join(parts)


def _items(lang: Language, alerts: tuple[tuple[str, str], ...]) -> str:
    lines = [f"- {markdown(cut(sentence, _LONGEST_ALERT), escape)}" for _, sentence in alerts[:_MOST_ALERTS]]
    more = len(alerts) - len(lines)
    return "\n".join([*lines, *([f"- {lang.more.format(number=more)}"] if more else [])])
