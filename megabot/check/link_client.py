"""Asks the servers of links whether they are still there."""

from http import HTTPStatus

from megabot.check import lemmy_links
from megabot.lemmy.link_verdict import Verdict, verdict_by_status
from megabot.lemmy.public_web import Connect, NoPage, PublicWeb, Resolve
from megabot.proxy import Proxy

_PAGE, _DOCUMENT = 4 * 1024, 256 * 1024  # of a page nothing is needed, of an API's answer its beginning


class LinkAsker:
    """Asks about links, from several threads at once; `seconds` are for each connection and each answer."""

    def __init__(
        self,
        *,
        resolve: Resolve | None = None,
        connect: Connect | None = None,
        seconds: float = 10.0,
        proxy: Proxy | None = None,
    ) -> None:
        self._web = PublicWeb(
            purpose="link check", resolve=resolve, connect=connect, seconds=seconds, proxy=proxy
        )

    def ask(self, address: str) -> Verdict:
        """Find out whether a link is alive. Raises nothing: what went wrong is part of the verdict."""
        for question in lemmy_links.questions(address):
            try:
                verdict = lemmy_links.verdict(self._web.read("GET", question, most=_DOCUMENT).body)
            except NoPage as nothing:
                if nothing.final:
                    return nothing.verdict
                continue
            if verdict is not None:
                return verdict
        return self._page(address)

    def _page(self, address: str) -> Verdict:
        """Ask for the head alone, and for the page where that is refused: many servers know no HEAD."""
        try:
            page = self._web.read("HEAD", address, most=0)
            if page.status < HTTPStatus.MULTIPLE_CHOICES:
                return verdict_by_status(page.status, page.address)
        except NoPage as nothing:
            if nothing.final:
                return nothing.verdict
        try:
            page = self._web.read("GET", address, most=_PAGE)
        except NoPage as nothing:
            return nothing.verdict
        return verdict_by_status(page.status, page.address)
