"""The page of an edition as HTML. Jinja2 escapes moderators' texts, or the preview sanitizes them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from megabot.i18n.translation import _
from megabot.preview.fragments import facts, problem_list, verdict
from megabot.preview.live_page import post
from megabot.preview.live_view import View
from megabot.source.preambles import BY_MESSAGE
from megabot.source.problems import Problem
from megabot.web.edition import Desk, differences


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """An order of the visitor: whether the service has still to carry it out, and the words about it."""

    pending: bool
    words: str


LATE = timedelta(minutes=5)
"""When an order that still waits is no longer said to be carried out within a minute."""


def waiting_words(ordered: datetime, now: datetime) -> str:
    """Return what is said of an order that the service has still to carry out."""
    if now - ordered < LATE:
        return _("Ordered. The bot carries it out within a minute.")
    return _(
        "Ordered, but the bot has not carried it out yet: it may be stopped, or its server away. The order "
        "waits for it for 2 days. If the bot stays silent, tell its operator."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one page is made of. `address` is that of the edition's page, `csrf` goes into the form."""

    desk: Desk
    view: View
    address: str
    csrf: str
    order: OrderState | None = None


def environment() -> Environment:
    made = Environment(
        loader=PackageLoader("megabot.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals["_"] = _
    return made


def page(templates: Environment, shown: Shown) -> str:
    """Return the content of the page: the editor beside the thread."""
    return templates.get_template("edition.html").render(
        _values(shown) | {"form": shown.desk.form, "labels": _labels()}
    )


def part(templates: Environment, shown: Shown) -> str:
    """Return what is replaced while the visitor types."""
    return templates.get_template("edition_part.html").render(_values(shown))


def _values(shown: Shown) -> dict[str, object]:
    own = shown.view.preview
    edition = shown.view.shown
    # The HTML of these functions is safe: it is what the contributor's preview shows of the same texts.
    trusted = {
        "verdict": verdict(own),
        "problems": problem_list(_placed(own.problems), _placed(own.warnings), level=2),
        "facts": facts(edition) if edition else "",
        "post": post(shown.view, edition) if edition else "",
    }
    return {
        "desk": shown.desk,
        "address": shown.address,
        "csrf": shown.csrf,
        "order": shown.order,
        "differences": differences(shown.desk),
        **{name: Markup(html) for name, html in trusted.items()},  # noqa: S704  see above
    }


def _placed(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Name the essay as the place of mistakes in what was typed, which is in no file yet."""
    return tuple(replace(one, path="essay") if one.path == BY_MESSAGE else one for one in problems)


def _labels() -> dict[str, str]:
    """Return the labels of the usual keys; others are labelled with their names."""
    return {
        "theme": _("Theme"),
        "author": _("Author"),
        "image": _("Title image, an address"),
        "image_alt": _("Description of the title image, for readers who cannot see it"),
        "image_credit": _("Credit of the title image"),
        "thumbnail": _("Thumbnail, an address"),
    }
