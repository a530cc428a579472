"""How a test says that a person was refused."""

from collections.abc import Callable

import pytest

from lemmy_sandbox.user_client import ApiError


def refusal(call: Callable[..., object], *args: object, **more: object) -> str:
    """Make a call that must fail, and give its status and code."""
    with pytest.raises(ApiError) as refused:
        call(*args, **more)
    return f"{refused.value.status} {refused.value.code}"
