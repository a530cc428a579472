"""People's hands at a 1.0: the same gestures over API v4."""

from dataclasses import dataclass
from typing import ClassVar

from megabot.sandbox.user_client import Hand, Json

_REASON = "by hand"


@dataclass
class HandV4(Hand):
    """One person at a server of 1.0. What the views show has v4's names."""

    api: ClassVar[str] = "v4"
    login_path: ClassVar[str] = "account/auth/login"
    image_path: ClassVar[str] = "/api/v4/image"

    def login(self, code: str | None = None) -> str:
        """Sign in to stay, with a TOTP code if the account has one, and keep the token."""
        body: Json = {"username_or_email": self.name, "password": self.password, "totp_2fa_token": code}
        self.token = str(self._send("POST", self.login_path, body=body | {"stay_logged_in": True})["jwt"])
        return self.token

    def me(self) -> Json:
        """Give the own account."""
        return dict(self.get("account")["local_user_view"])

    def feature(self, post_id: int, *, featured: bool = True, kind: str = "Community") -> Json:
        """Pin or unpin a post."""
        return self.post("post/feature", post_id=post_id, featured=featured, feature_type=kind.lower())

    def lock(self, post_id: int, *, locked: bool = True, reason: str = _REASON) -> Json:
        """Close a post for comments or open it."""
        return self.post("post/lock", post_id=post_id, locked=locked, reason=reason)

    def remove(self, post_id: int, *, removed: bool = True, reason: str | None = None) -> Json:
        """Take a post down as a moderator, or put it back."""
        return self.post("post/remove", post_id=post_id, removed=removed, reason=reason or _REASON)

    def delete(self, post_id: int, *, deleted: bool = True) -> Json:
        """Delete a post of one's own, or restore it."""
        return self._send("DELETE", "post", body={"post_id": post_id, "deleted": deleted})

    def purge(self, post_id: int) -> Json:
        """Wipe a post as an admin."""
        return self.post("admin/purge/post", post_id=post_id, reason=_REASON)

    def remove_comment(self, comment_id: int, *, removed: bool = True) -> Json:
        """Take a comment down as a moderator, or put it back."""
        return self.post("comment/remove", comment_id=comment_id, removed=removed, reason=_REASON)

    def delete_comment(self, comment_id: int, *, deleted: bool = True) -> Json:
        """Delete a comment of one's own, or restore it."""
        return self._send("DELETE", "comment", body={"comment_id": comment_id, "deleted": deleted})

    def vote(self, post_id: int, score: int = 1) -> Json:
        """Vote on a post."""
        return self.post("post/like", post_id=post_id, is_upvote=_is_upvote(score))

    def vote_comment(self, comment_id: int, score: int = 1) -> Json:
        """Vote on a comment."""
        return self.post("comment/like", comment_id=comment_id, is_upvote=_is_upvote(score))

    def comments_by(self, name: str) -> list[Json]:
        """List a person's comments, newest first: the comments alone."""
        found = self.get("person/content", username=name, type_="comments", limit=50)["items"]
        return [one["comment"] for one in found]

    def messages(self, *, unread_only: bool = False) -> list[Json]:
        """List private messages, newest first."""
        found = self.get(
            "account/notification/list", type_="private_message", unread_only=unread_only, limit=50
        )
        return [one["data"] for one in found["items"]]

    def ban(self, community_id: int, person_id: int, *, ban: bool = True) -> Json:
        """Ban somebody from a community, or take it back."""
        body: Json = {"community_id": community_id, "person_id": person_id, "ban": ban, "reason": _REASON}
        return self.post("community/ban_user", **body)

    def ban_from_site(self, person_id: int, *, ban: bool = True) -> Json:
        """Ban somebody from the whole server as an admin, or take it back."""
        return self.post("admin/ban", person_id=person_id, ban=ban, reason=_REASON)

    def remove_community(self, community_id: int, *, removed: bool = True) -> Json:
        """Take a community down as an admin, or put it back."""
        return self.post("community/remove", community_id=community_id, removed=removed, reason=_REASON)

    def block(self, person_id: int, *, block: bool = True) -> Json:
        """Hear no more of somebody, or again."""
        return self.post("account/block/person", person_id=person_id, block=block)

    def save_settings(self, **settings: object) -> Json:
        """Change the own account's settings."""
        return self.put("account/settings/save", **settings)

    def create_tag(self, community_id: int, name: str, display_name: str | None = None) -> int:
        """Give a community a tag, and give its id."""
        answer = self.post("community/tag", community_id=community_id, name=name, display_name=display_name)
        return int(answer["id"])

    def upload(self, content: bytes, name: str = "picture.png") -> Json:
        """Upload an image and give its address and file name."""
        return self._uploaded(content, name)


def _is_upvote(score: int) -> bool | None:
    return None if score == 0 else score > 0
