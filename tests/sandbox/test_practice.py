"""What the package gives to people who write bots: a program to run, and a fixture."""

import json
import re
import socket
import subprocess
import sys

import pytest

from lemmy_sandbox import User
from lemmy_sandbox.__main__ import main
from lemmy_sandbox.practice import practice_server
from tests.processes import ROOT

pytest_plugins = ["pytester"]

CONFTEST = 'pytest_plugins = ["lemmy_sandbox.pytest_plugin"]'
TEST_OF_A_BOT = """
import pytest

def test_a_bot(lemmy):
    bot = lemmy.user("bot")
    post = bot.create_post(lemmy.community("news").id, "Hello")
    assert bot.read_post(post)["post"]["name"] == "Hello"

@pytest.mark.parametrize("lemmy", ["v4"], indirect=True)
def test_on_one_api(lemmy):
    assert lemmy.api.value == "v4"
"""


def served_version(url: str) -> str:
    return str(json.loads(User(url).picture("/nodeinfo/2.1"))["software"]["version"])


@pytest.mark.parametrize(("api", "version"), [("v3", "0.19.20"), ("v4", "1.0.0-beta.1")])
def test_the_program_runs_a_server_of_either_version(api: str, version: str) -> None:
    command = [sys.executable, "-m", "lemmy_sandbox", "--api", api, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = re.search(r"http://\S+(?=,)", line)
        assert address is not None
        served = served_version(address[0])
        process.terminate()

    assert (f"A mini Lemmy {version} runs at" in line, served) == (True, version)


def test_the_program_says_in_one_line_that_a_port_is_busy(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        code = main(["--port", str(port)])

    said = capsys.readouterr()
    assert (code, said.out) == (1, "")
    assert said.err.startswith(f"Port {port} cannot be used: ")
    assert said.err.count("\n") == 1


def test_a_practice_server_has_a_community_and_its_people() -> None:
    with practice_server(bot="robot") as sandbox:
        moderators = [sandbox.world.people[number].name for number in sandbox.community("news").moderators]

        assert moderators == ["modlin", "robot"]
        assert sandbox.person("robot").bot_account
        assert sandbox.user("reader").me()["person"]["name"] == "reader"


def test_the_fixture_gives_a_server_of_each_version(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TEST_OF_A_BOT)

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)


def test_the_fixture_fails_a_test_that_calls_what_is_not_there(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        """
        import urllib.error, urllib.request
        import pytest

        @pytest.mark.parametrize("lemmy", ["v3"], indirect=True)
        def test_a_bot(lemmy):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"{lemmy.url}/api/v3/nonsense")
            refused.value.close()
        """
    )

    outcome = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    outcome.assert_outcomes(passed=1, errors=1)
    outcome.stdout.fnmatch_lines(["*not in the sandbox: GET /api/v3/nonsense*"])


def test_the_sandbox_imports_nothing_of_the_bot() -> None:
    code = "import lemmy_sandbox.practice, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    loaded = [name for name in done.stdout.split() if name.startswith("megabot.")]
    assert [name for name in loaded if not name.startswith("lemmy_sandbox")] == []


def test_a_server_that_stopped_answers_no_more() -> None:
    with practice_server() as sandbox:
        url = sandbox.url

    with pytest.raises(OSError, match="refused"):
        served_version(url)
