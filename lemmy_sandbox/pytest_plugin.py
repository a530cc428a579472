"""The fixture `lemmy` for tests of bots. To use it, add this module to `pytest_plugins` in a `conftest.py`.

It is not registered as a pytest plugin, because users who install a bot do not want its fixtures in every
test run.
"""

from collections.abc import Iterator

import pytest

from lemmy_sandbox.practice import practice_server
from lemmy_sandbox.records import Generation
from lemmy_sandbox.sandbox import Sandbox


@pytest.fixture(params=[generation.value for generation in Generation])
def lemmy(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Run a server for a test. The test runs twice: on Lemmy 0.19 (`v3`) and on 1.0 (`v4`).

    The fixture fails the test if it called something that the sandbox lacks or hit a bug in it. For a test on
    one version only, use `@pytest.mark.parametrize("lemmy", ["v3"], indirect=True)`.
    """
    with practice_server(request.param) as sandbox:
        yield sandbox
        crashes, unknown = sandbox.crashes, sandbox.unknown_requests
    if crashes or unknown:
        pytest.fail("\n".join([*(f"not in the sandbox: {name}" for name in unknown), *crashes]))
