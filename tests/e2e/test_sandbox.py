"""`megabot sandbox`: a server to try things on, of either generation."""

from pathlib import Path

import pytest

from megabot.sandbox import Hand, HandV4
from tests.processes import Machine


@pytest.mark.parametrize(
    ("options", "hand", "version"),
    [((), Hand, "0.19.20"), (("--api", "v4"), HandV4, "1.0.0-beta.1")],
)
def test_the_small_lemmy_says_where_it_is_and_is_there(
    tmp_path: Path, options: tuple[str, ...], hand: type[Hand], version: str
) -> None:
    with Machine(url="", home=tmp_path).start("sandbox", "--port", "0", *options) as process:
        try:
            said = process.stdout.readline() if process.stdout else ""
            url = said.partition(" at ")[2].partition(",")[0]
            answered = hand(url, "modlin").get("site")["version"]
        finally:
            process.terminate()

    assert (f"A small Lemmy {version} at" in said, answered) == (True, version)
