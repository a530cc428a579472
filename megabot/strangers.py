"""What anybody may read of a server, asked for without the account."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from megabot.adapters.public_posts import PublicPosts
from megabot.core.public_posts import PublicPost


@contextmanager
def public_posts(instance: str) -> Iterator[PublicPosts]:
    """Read a server's posts as a stranger does."""
    with closing(PublicPosts(instance)) as posts:
        yield posts


def newest_posts(instance: str, community: str) -> tuple[PublicPost, ...]:
    """List a community's newest posts; none where no server is set."""
    if not instance:
        return ()
    with public_posts(instance) as posts:
        return posts.newest(community)
