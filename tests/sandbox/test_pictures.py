"""The image service: what is uploaded, what is served, what is refused in whose words."""

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from lemmy_sandbox import ImageService, Sandbox, User
from lemmy_sandbox.calls.pictures import NotAForm, Part, parse_form
from lemmy_sandbox.rules.pictures import Format, detect_format
from tests.sandbox import images
from tests.sandbox.clocks import StandingClock
from tests.sandbox.refusals import refusal

_FORM = "multipart/form-data; boundary=b"


@dataclass(frozen=True)
class Wire:
    """A connection to the sandbox, and the token of the bot."""

    connection: http.client.HTTPConnection
    token: str

    def send(self, body: bytes, **headers: str) -> tuple[int, object]:
        """Upload a body as it is, and give the status and the answer."""
        named = {"Content-Type": _FORM} | {name.replace("_", "-"): text for name, text in headers.items()}
        self.connection.request("POST", "/pictrs/image", body, named)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())

    def upload(self, body: bytes) -> tuple[int, object]:
        return self.send(body, Authorization=f"Bearer {self.token}")

    def get(self, path: str) -> tuple[int, str | None, bytes]:
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        return answer.status, answer.getheader("content-type"), answer.read()


@pytest.fixture
def wire(sandbox: Sandbox) -> Iterator[Wire]:
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=10)
    yield Wire(connection, sandbox.token_of("megabot"))
    connection.close()


def form(content: bytes, field: str = "images[]") -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="a.png"\r\n\r\n'
    return head.encode() + content + b"\r\n--b--\r\n"


def test_an_upload_is_answered_as_pict_rs_does_and_served_to_everyone(wire: Wire) -> None:
    status, answer = wire.upload(form(images.png(30, 20)))
    assert isinstance(answer, dict)
    (file,) = answer["files"]

    details = {"width": 30, "height": 20, "content_type": "image/png"}
    assert (status, answer["msg"]) == (201, "ok")
    assert file["details"] == details | {"created_at": "2026-11-16T12:00:00.123456Z"}
    assert sorted(file) == ["delete_token", "details", "file"]
    assert wire.get(f"/pictrs/image/{file['file']}") == (200, "image/png", images.png(30, 20))


def test_two_uploads_of_one_image_are_two(bot: User) -> None:
    first, second = bot.upload(images.png()), bot.upload(images.png())

    assert first["file"] != second["file"]


def test_a_cookie_serves_for_an_upload_and_a_stranger_is_refused(wire: Wire) -> None:
    with_cookie, _ = wire.send(form(images.png()), Cookie=f"jwt={wire.token}")

    assert with_cookie == 201
    assert wire.send(form(images.png())) == (401, {"error": "incorrect_login"})


def test_an_image_that_is_not_there_answers_404_with_nothing(wire: Wire) -> None:
    status, _, body = wire.get("/pictrs/image/none.png")

    assert (status, body) == (404, b"")


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (form(b"no image at all"), 500, "ffprobe Failed with exit status: 1"),
        (form(b"\xff\xd8\xff\xe0"), 500, "ffprobe Failed with exit status: 1"),
        (form(b"RIFF\0\0\0\0WEBPnone"), 500, "ffprobe Failed with exit status: 1"),
        (form(b""), 400, "Uploaded file is empty"),
        (form(images.png(), field="file"), 400, "No files present in upload"),
        (b"no form", 400, "Error in multipart creation"),
        (form(images.png(10_001, 1)), 400, "Too wide"),
        (form(images.gif(1, 1_921)), 400, "Too tall"),
        (form(images.jpeg(8_000, 8_000)), 400, "Too many pixels"),
    ],
)
def test_what_pict_rs_refuses_comes_in_its_words(wire: Wire, body: bytes, status: int, message: str) -> None:
    assert wire.upload(body) == (status, {"files": None, "msg": message})


def test_a_form_must_say_that_it_is_one(wire: Wire) -> None:
    headers = {"Authorization": f"Bearer {wire.token}", "Content_Type": "image/png"}

    assert wire.send(form(images.png()), **headers)[0] == 400


def test_the_seventh_image_in_an_hour_is_too_many(sandbox: Sandbox, bot: User, clock: StandingClock) -> None:
    sandbox.use_usual_limits()
    for _ in range(6):
        bot.upload(images.png())
    refused = refusal(bot.upload, images.png())
    clock.advance(seconds=601)

    assert refused == "400 rate_limit_error"
    assert bot.upload(images.png())["details"]["width"] == 3


@pytest.mark.parametrize(
    ("service", "message"),
    [
        (ImageService.DOWN, "error sending request for url (http://pictrs:8080/image)"),
        (ImageService.OFF, "images_disabled"),
    ],
)
def test_without_an_image_service_lemmy_refuses(
    sandbox: Sandbox, wire: Wire, service: ImageService, message: str
) -> None:
    sandbox.use_images(service)

    assert wire.upload(form(images.png())) == (400, {"error": "unknown", "message": message})
    assert wire.get("/pictrs/image/any.png")[0] == 400


def test_a_sandbox_can_be_made_without_one(clock: StandingClock) -> None:
    with Sandbox(clock, images=ImageService.DOWN) as sandbox:
        sandbox.add_person("reader")

        assert refusal(User(sandbox.url, "reader").upload, images.png()) == "400 unknown"


def test_while_it_is_down_everything_else_goes_on(sandbox: Sandbox, bot: User, news: int) -> None:
    sandbox.use_images(ImageService.DOWN)
    post = bot.create_post(news, "A text", "with a body")

    assert bot.comment(post, "and a comment") == 1


def test_off_it_takes_every_text_down_with_it(sandbox: Sandbox, modlin: User, bot: User, news: int) -> None:
    post = bot.create_post(news, "From before")
    sandbox.use_images(ImageService.OFF)

    assert refusal(bot.create_post, news, "A text", "with a body") == "400 unknown"
    assert refusal(bot.edit_post, post, body="") == "400 unknown"
    assert refusal(bot.comment, post, "a comment") == "400 unknown"
    assert refusal(bot.message, sandbox.person("reader").id, "a message") == "400 unknown"
    assert refusal(modlin.put, "community", community_id=news, description="a text") == "400 unknown"
    assert bot.create_post(news, "A title alone") == post + 1


@pytest.mark.parametrize(
    ("make", "kind", "is_animation"),
    [
        (images.png, "png", False),
        (lambda *size: images.png(*size, frames=2), "apng", True),
        (images.gif, "gif", True),
        (images.jpeg, "jpeg", False),
        (images.webp_lossy, "webp", False),
        (images.webp_lossless, "webp", False),
        (images.webp_extended, "webp", False),
        (lambda *size: images.webp_extended(*size, is_animation=True), "webp", True),
    ],
)
def test_kind_and_size_are_read_from_the_bytes(
    make: Callable[..., bytes],
    kind: str,
    is_animation: bool,  # noqa: FBT001 - a column of the table
) -> None:
    found = detect_format(make(300, 200))

    assert found == Format(kind=kind, width=300, height=200, is_animation=is_animation)
    assert detect_format(make(300, 200)[:9]) is None


def test_a_form_is_cut_at_its_boundary_whatever_the_bytes_are() -> None:
    content = b"\r\n\r\n--not the boundary\r\n\xff\x00"

    assert parse_form(_FORM, b"preamble\r\n" + form(content)) == [Part("images[]", content)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b--\r\n",
        form(b"cut off")[:-9],
        b"--b\r\n\r\nunnamed\r\n--b--",
        b"--b\r\nno blank line\r\n--b--",
    ],
)
def test_half_a_form_is_none(body: bytes) -> None:
    with pytest.raises(NotAForm):
        parse_form(_FORM, body)
