"""The only place that runs git: with argument lists, a clean environment, a timeout and typed results."""

import os
import re
import resource
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 30.0
_SAFE = (
    # A repository's own hooks and file system monitor would be programs of its authors (T14).
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.fsmonitor=false",
    "-c", "protocol.ext.allow=never",
    "-c", "core.quotePath=true",
)  # fmt: skip
_OWNED_BY_OTHERS = re.compile(r"dubious ownership in repository at '([^'\n]+)'")


@dataclass(frozen=True, slots=True)
class GitAnswer:
    """The output of git. `ok` is False if it failed, is missing or took too long."""

    ok: bool
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode("utf-8", "replace")


def run_git(
    *arguments: str,
    cwd: Path,
    given: bytes = b"",
    ssh: str = "",
    proxy: str = "",
    timeout: float = TIMEOUT,
    largest_file: int = resource.RLIM_INFINITY,
) -> GitAnswer:
    """Run git in a folder, with only PATH and HOME of the caller's environment.

    `given` is its input, `ssh` the ssh command, `proxy` the HTTP proxy, `largest_file` the most bytes that it
    may write to one file.
    """
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        # For the account's safe.directory (docs/how-to/use-git.md).
        "HOME": os.environ.get("HOME", "/nonexistent"),
        # English messages, which `ownership_trouble` can recognise.
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        # Otherwise `git status` would write to a contributor's repository:
        # https://git-scm.com/docs/git-status
        "GIT_OPTIONAL_LOCKS": "0",
    }
    if ssh:
        environment["GIT_SSH_COMMAND"] = ssh
    if proxy:  # not as an argument, which every account on the machine could read
        environment |= {"http_proxy": proxy, "https_proxy": proxy}
    try:
        with subprocess.Popen(
            ["git", *_SAFE, *arguments],  # noqa: S607  git is found by PATH on every system
            cwd=cwd,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # a process group, so that git's helpers can be killed too
        ) as process:
            # git may have ended already.
            with suppress(ProcessLookupError):
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (largest_file, largest_file))
            return _answer(process, given, timeout)
    except (OSError, subprocess.TimeoutExpired) as error:
        return GitAnswer(ok=False, raw=b"", err=type(error).__name__)


def ownership_trouble(answer: GitAnswer) -> str:
    """Return why git refused a repository of another account and the two ways out, "" if it did not."""
    match = _OWNED_BY_OTHERS.search(answer.err)
    if answer.ok or match is None:
        return ""
    place = match[1]
    return (
        f"git refuses to read the repository {place}, because another account owns it. Change its owner to "
        "the account that runs megabot (chown -R), or run as that account: "
        f"git config --global --add safe.directory {place}"
    )


def _answer(process: subprocess.Popen[bytes], given: bytes, timeout: float) -> GitAnswer:
    """Wait for git. If the wait ends early, kill git and its helpers, which would keep running without it."""
    try:
        out, err = process.communicate(given, timeout=timeout)
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise
    return GitAnswer(ok=process.returncode == 0, raw=out, err=err.decode("utf-8", "replace"))
