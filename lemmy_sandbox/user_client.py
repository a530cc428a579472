"""A small HTTP client for tests and the demo that does what users do, over v3 or v4."""

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

Json = dict[str, Any]
_TIMEOUT = 60.0
_BOUNDARY = "a-boundary-that-no-image-has"
_REASON = "by hand"  # 1.0 requires a reason for moderators' actions


class ApiError(Exception):
    """The server refused a call."""

    def __init__(self, status: int, answer: Json) -> None:
        super().__init__(f"{status} {answer.get('error')}")
        self.status = status
        self.code = str(answer.get("error"))
        self.answer = answer


@dataclass
class User:
    """A user of a server. Signs in with the first call that needs it; without a name, stays anonymous."""

    url: str
    name: str = ""
    password: str = "correct horse"  # noqa: S105 - of a made-up account
    token: str | None = None
    api: ClassVar[str] = "v3"
    login_path: ClassVar[str] = "user/login"
    image_path: ClassVar[str] = "/pictrs/image"
    settings_path: ClassVar[str] = "user/save_user_settings"
    ban_path: ClassVar[str] = "user/ban"
    block_path: ClassVar[str] = "user/block"
    stays: ClassVar[bool | None] = None  # whether a sign-in should last; 1.0 only

    def login(self, code: str | None = None) -> str:
        """Sign in, with a TOTP code if the account has one, and store the token."""
        body: Json = {"username_or_email": self.name, "password": self.password, "totp_2fa_token": code}
        self.token = str(self.send("POST", self.login_path, body | {"stay_logged_in": self.stays})["jwt"])
        return self.token

    def get(self, path: str, **query: object) -> Json:
        """Make a GET request; `path` follows /api/v3/ or /api/v4/."""
        parameters = {name: _written(value) for name, value in query.items() if value is not None}
        return self.send("GET", f"{path}?{urlencode(parameters)}" if parameters else path)

    def post(self, path: str, **body: object) -> Json:
        return self.send("POST", path, body)

    def put(self, path: str, **body: object) -> Json:
        return self.send("PUT", path, body)

    def me(self) -> Json:
        return dict(self.get("site")["my_user"]["local_user_view"])

    def create_post(self, community_id: int, name: str, body: str | None = None, **more: object) -> int:
        """Create a post and return its id."""
        answer = self.post("post", community_id=community_id, name=name, body=body, **more)
        return int(answer["post_view"]["post"]["id"])

    def edit_post(self, post_id: int, **changes: object) -> Json:
        """Change one of the user's own posts."""
        return self.put("post", post_id=post_id, **changes)

    def read_post(self, post_id: int) -> Json:
        """Open a post and return its view."""
        return dict(self.get("post", id=post_id)["post_view"])

    def feature(self, post_id: int, *, featured: bool = True, kind: str = "Community") -> Json:
        return self.post("post/feature", post_id=post_id, featured=featured, feature_type=kind)

    def lock(self, post_id: int, *, locked: bool = True, reason: str | None = None) -> Json:
        """Lock or unlock a post's comments."""
        return self._moderate("post/lock", reason, post_id=post_id, locked=locked)

    def remove(self, post_id: int, *, removed: bool = True, reason: str | None = None) -> Json:
        """Remove or restore a post as a moderator."""
        return self._moderate("post/remove", reason, post_id=post_id, removed=removed)

    def delete(self, post_id: int, *, deleted: bool = True) -> Json:
        """Delete or restore one of the user's own posts."""
        return self._delete("post", post_id=post_id, deleted=deleted)

    def purge(self, post_id: int) -> Json:
        """Purge a post as an admin."""
        return self._moderate("admin/purge/post", post_id=post_id)

    def comment(self, post_id: int, content: str, *, parent_id: int | None = None) -> int:
        answer = self.post("comment", post_id=post_id, content=content, parent_id=parent_id)
        return int(answer["comment_view"]["comment"]["id"])

    def edit_comment(self, comment_id: int, content: str) -> Json:
        """Change one of the user's own comments."""
        return self.put("comment", comment_id=comment_id, content=content)

    def remove_comment(self, comment_id: int, *, removed: bool = True) -> Json:
        """Remove or restore a comment as a moderator."""
        return self._moderate("comment/remove", comment_id=comment_id, removed=removed)

    def delete_comment(self, comment_id: int, *, deleted: bool = True) -> Json:
        """Delete or restore one of the user's own comments."""
        return self._delete("comment", comment_id=comment_id, deleted=deleted)

    def distinguish(self, comment_id: int, *, distinguished: bool = True) -> Json:
        """Mark one of the user's own comments as a moderator's."""
        return self.post("comment/distinguish", comment_id=comment_id, distinguished=distinguished)

    def vote(self, post_id: int, score: int = 1) -> Json:
        return self.post("post/like", post_id=post_id, **self._vote(score))

    def vote_comment(self, comment_id: int, score: int = 1) -> Json:
        return self.post("comment/like", comment_id=comment_id, **self._vote(score))

    def message(self, recipient_id: int, content: str) -> int:
        """Send a private message and return its id."""
        answer = self.post("private_message", recipient_id=recipient_id, content=content)
        return int(answer["private_message_view"]["private_message"]["id"])

    def edit_message(self, message_id: int, content: str) -> Json:
        """Change one of the user's own private messages."""
        return self.put("private_message", private_message_id=message_id, content=content)

    def messages(self, *, unread_only: bool = False) -> list[Json]:
        """Return private messages, newest first."""
        return list(self.get("private_message/list", unread_only=unread_only, limit=50)["private_messages"])

    def add_mod(self, community_id: int, person_id: int, *, added: bool = True) -> Json:
        """Make someone a moderator, or remove them as one."""
        return self.post("community/mod", community_id=community_id, person_id=person_id, added=added)

    def comments_by(self, name: str) -> list[Json]:
        """Return a user's comments without their views, newest first."""
        views = self.get("user", username=name, sort="New", limit=50)["comments"]
        return [view["comment"] for view in views]

    def ban_from_site(self, person_id: int, *, ban: bool = True) -> Json:
        """Ban someone from the whole server as an admin, or undo it."""
        return self._moderate(self.ban_path, person_id=person_id, ban=ban)

    def remove_community(self, community_id: int, *, removed: bool = True) -> Json:
        """Remove or restore a community as an admin."""
        return self._moderate("community/remove", community_id=community_id, removed=removed)

    def block(self, person_id: int, *, block: bool = True) -> Json:
        """Block or unblock someone."""
        return self.post(self.block_path, person_id=person_id, block=block)

    def ban(self, community_id: int, person_id: int, *, ban: bool = True) -> Json:
        """Ban someone from a community, or undo it."""
        return self._moderate("community/ban_user", community_id=community_id, person_id=person_id, ban=ban)

    def save_settings(self, **settings: object) -> Json:
        """Change settings of the user's own account."""
        return self.put(self.settings_path, **settings)

    def upload(self, content: bytes, name: str = "picture.png") -> Json:
        """Upload an image and return the image service's description of it."""
        return dict(self._uploaded(content, name)["files"][0])

    def _moderate(self, path: str, reason: str | None = None, **body: object) -> Json:
        return self.post(path, **body, reason=reason)

    def _delete(self, kind: str, **body: object) -> Json:
        return self.post(f"{kind}/delete", **body)

    def _vote(self, score: int) -> Json:
        return {"score": score}

    def _uploaded(self, content: bytes, name: str) -> Json:
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="images[]"; filename="{name}"\r\n\r\n'
        form = head.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()
        headers = self._headers(f"multipart/form-data; boundary={_BOUNDARY}")
        request = urllib.request.Request(f"{self.url}{self.image_path}", form, headers)  # noqa: S310 - http only
        return dict(json.loads(self._read(request)))

    def page(self, path: str) -> str:
        """Return a web page as a visitor's browser gets it."""
        return self.picture(path).decode()

    def picture(self, path: str) -> bytes:
        """Return an image as a visitor's browser gets it."""
        request = urllib.request.Request(f"{self.url}{path}", headers={"Connection": "close"})  # noqa: S310 - http only
        return self._read(request)

    def send(self, method: str, path: str, body: dict[str, object] | None = None) -> Json:
        """Make a request with any method; raises ApiError if the server refuses."""
        headers = self._headers("application/json", signs_in=path == self.login_path)
        data = None if body is None else json.dumps(body).encode()
        address = f"{self.url}/api/{self.api}/{path}"
        request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310 - http only
        return dict(json.loads(self._read(request)))

    def _headers(self, content_type: str, *, signs_in: bool = False) -> dict[str, str]:
        if self.name and self.token is None and not signs_in:
            self.login()
        bearer = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        return {"Content-Type": content_type, "Connection": "close", **bearer}

    def _read(self, request: urllib.request.Request) -> bytes:
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - http only
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                raise ApiError(error.code, _parsed(error)) from None


@dataclass
class UserV4(User):
    """A user of a 1.0 server, over API v4. Views have v4's field names."""

    api: ClassVar[str] = "v4"
    login_path: ClassVar[str] = "account/auth/login"
    image_path: ClassVar[str] = "/api/v4/image"
    settings_path: ClassVar[str] = "account/settings/save"
    ban_path: ClassVar[str] = "admin/ban"
    block_path: ClassVar[str] = "account/block/person"
    stays: ClassVar[bool | None] = True

    def me(self) -> Json:
        return dict(self.get("account")["local_user_view"])

    def feature(self, post_id: int, *, featured: bool = True, kind: str = "Community") -> Json:
        return super().feature(post_id, featured=featured, kind=kind.lower())

    def comments_by(self, name: str) -> list[Json]:
        """Return a user's comments without their views, newest first."""
        views = self.get("person/content", username=name, type_="comments", limit=50)["items"]
        return [view["comment"] for view in views]

    def messages(self, *, unread_only: bool = False) -> list[Json]:
        """Return private messages, newest first."""
        page = self.get(
            "account/notification/list", type_="private_message", unread_only=unread_only, limit=50
        )
        return [view["data"] for view in page["items"]]

    def create_tag(self, community_id: int, name: str, display_name: str | None = None) -> int:
        answer = self.post("community/tag", community_id=community_id, name=name, display_name=display_name)
        return int(answer["id"])

    def upload(self, content: bytes, name: str = "picture.png") -> Json:
        """Upload an image and return its address and file name."""
        return self._uploaded(content, name)

    def _moderate(self, path: str, reason: str | None = None, **body: object) -> Json:
        return self.post(path, **body, reason=reason or _REASON)

    def _delete(self, kind: str, **body: object) -> Json:
        return self.send("DELETE", kind, body)

    def _vote(self, score: int) -> Json:
        return {"is_upvote": None if score == 0 else score > 0}


def _parsed(error: http.client.HTTPResponse | urllib.error.HTTPError) -> Json:
    try:
        return dict(json.loads(error.read()))
    except ValueError:
        return {}


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
