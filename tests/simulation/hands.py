"""A person's hands at the server in memory: what tests call of `lemmy_sandbox.user_client.User`."""

from dataclasses import dataclass, replace

from megabot.forum.models import Feature, Person, PostDraft
from tests.simulation.account import AccountForum
from tests.simulation.server import Server, What, comment, create, feature


@dataclass(frozen=True)
class FakeHand:
    """What one person does. `account` is theirs, where the test sees the server through it too."""

    server: Server
    me: Person
    account: AccountForum | None = None

    def create_post(self, community_id: int, name: str, body: str = "") -> int:
        """Post by hand."""
        return create(self.server, self.me, community_id, PostDraft(title=name, body=body)).id

    def feature(self, post_id: int, *, featured: bool = True) -> None:
        """Pin or unpin in the community."""
        feature(self.server, self.me, post_id, featured=featured, kind=Feature.COMMUNITY)

    def lock(self, post_id: int, *, locked: bool = True) -> None:
        """Lock or unlock."""
        self.server.change(What.LOCK, self.me, post_id, locked=locked)

    def remove(self, post_id: int, *, removed: bool = True) -> None:
        """Remove or restore as a moderator; the mod log keeps both."""
        self.server.removals.append(post_id)
        what = What.REMOVE if removed else What.RESTORE
        self.server.change(what, self.me, post_id, removed=removed)

    def delete(self, post_id: int, *, deleted: bool = True) -> None:
        """Delete one's own post, or take that back."""
        self.server.change(What.DELETE, self.me, post_id, deleted=deleted)

    def purge(self, post_id: int) -> None:
        """Leave no trace."""
        self.server.note(What.PURGE, self.me, self.server.posts.pop(post_id))
        self.server.mail.wipe(post_id)
        self.server.removals = [one for one in self.server.removals if one != post_id]
        self.server.pins = [event for event in self.server.pins if event.post_id != post_id]

    def comment(self, post_id: int, content: str, *, parent_id: int = 0) -> int:
        """Comment, or answer a comment."""
        return comment(self.server, self.me, post_id, content, parent_id=parent_id).id

    def edit_comment(self, comment_id: int, content: str) -> None:
        """Change one's own comment."""
        self.server.change_comment(comment_id, content=content)

    def delete_comment(self, comment_id: int, *, deleted: bool = True) -> None:
        """Delete one's own comment, or take that back."""
        self.server.change_comment(comment_id, deleted=deleted)

    def remove_comment(self, comment_id: int, *, removed: bool = True) -> None:
        """Remove or restore a comment as a moderator."""
        self.server.change_comment(comment_id, removed=removed)

    def message(self, person_id: int, content: str) -> int:
        """Write to somebody."""
        return self.server.mail.send(self.me, person_id, content, self.server.now())

    def messages(self) -> list[dict[str, dict[str, str]]]:
        """Read one's messages, newest first, as the API gives them: to and from."""
        letters = [one for one in self.server.mail.letters if self.me.id in {one.by.id, one.to}]
        return [{"private_message": {"content": letter.text}} for letter in reversed(letters)]

    def save_settings(self, **settings: object) -> None:
        """Change the account's settings: false, and a choice of languages, hide."""
        if self.account is not None:
            hiding = {name for name, value in settings.items() if not value or isinstance(value, list)}
            self.account.hides = self.account.hides | hiding


def person(server: Server, name: str, **changed: object) -> Person:
    """Change a person everywhere."""
    server.people[name] = replace(server.people[name], **changed)  # type: ignore[arg-type]
    return server.people[name]
