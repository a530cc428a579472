"""The fixture `lemmy` for tests of bots. To use it, name this module in `pytest_plugins` of a `conftest.py`.

It is no plug-in that pytest finds by itself: who installs a bot does not want its fixtures in every test run.
"""

from collections.abc import Iterator

import pytest

from lemmy_sandbox.practice import practice_server
from lemmy_sandbox.records import Generation
from lemmy_sandbox.sandbox import Sandbox


@pytest.fixture(params=[generation.value for generation in Generation])
def lemmy(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Run a server for a test, which runs twice: on a Lemmy 0.19 (`v3`) and on a 1.0 (`v4`).

    Fails a test that called something that the sandbox does not have, or that met a bug of it. A test for one
    of the two says `@pytest.mark.parametrize("lemmy", ["v3"], indirect=True)`.
    """
    with practice_server(request.param) as sandbox:
        yield sandbox
        crashes, unknown = sandbox.crashes, sandbox.unknown_requests
    if crashes or unknown:
        pytest.fail("\n".join([*(f"not in the sandbox: {name}" for name in unknown), *crashes]))
