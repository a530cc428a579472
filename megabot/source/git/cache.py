"""A copy of one branch's newest commit, in a bare repository in the state folder. Checks nothing out.

A fetched commit becomes the good one only if it contains the source's folder. Until then, and whenever
fetching fails, the good commit does not change.
"""

import hashlib
import logging
import os
import re
import shlex
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from megabot import state_dir
from megabot.clock import Clock
from megabot.errors import ConfigError
from megabot.proxy import Proxy
from megabot.schedule.interval import Interval
from megabot.source.git.address import GitAddress
from megabot.source.git.command import TIMEOUT, GitAnswer, ownership_trouble, run_git

FETCH_TIMEOUT = 45.0
"""Together with the wait for another fetch and the pass that follows, this stays below WatchdogSec."""
LARGEST = 256 * 1024 * 1024
"""The largest file that a fetch may write, because a full disk would stop the ledger too."""
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_INCOMING = "refs/megabot/incoming"
_GOOD = "refs/megabot/good"
_WARY = (
    # The address's own protocol is allowed when it is used; a redirect to another one is refused (T14).
    "-c", "protocol.allow=never",
    # The account's own git configuration cannot turn off the check of certificates (N09).
    "-c", "http.sslVerify=true",
    # A server that sends less than 100 bytes a second for 20 s is given up.
    "-c", "http.lowSpeedLimit=100",
    "-c", "http.lowSpeedTime=20",
    # Otherwise git would clean up in the background, after the fetch and its lock have ended.
    "-c", "gc.autoDetach=false",
)  # fmt: skip
log = logging.getLogger("megabot")


class GitCache:
    """The copy for one address. Each address has a separate copy, which may be deleted at any time."""

    def __init__(
        self,
        address: GitAddress,
        *,
        key_file: Path | None,
        state: Path,
        clock: Clock,
        largest: int = LARGEST,
        proxy: Proxy | None = None,
    ) -> None:
        self._address = address
        self._proxy = proxy.for_address(address.url) if proxy else ""
        self._key_file = key_file
        self._state = state
        self._clock = clock
        self._largest = largest
        name = hashlib.sha256(str(address).encode()).hexdigest()[:16]
        self._place = state / "source" / f"{name}.git"
        self.failure = ""
        """Why the last fetch of this process failed, "" if it did not."""

    @property
    def fetched(self) -> datetime | None:
        """When the good commit was last confirmed to be the newest one."""
        return self._stamped("fetched")

    def good(self) -> str:
        """Return the good commit, "" if there is none yet."""
        if not self._place.is_dir():
            return ""
        answer = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", _GOOD)
        return answer.out.strip() if answer.ok else ""

    def listing(self, commit: str) -> GitAnswer:
        """List the files in the source's folder like `git ls-tree -r -z -l`."""
        tree = f"{commit}:{self._address.folder}"
        return self._git("ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", tree)

    def blobs(self, ids: list[str]) -> GitAnswer:
        """Return the contents of files like `git cat-file --batch`: as committed, without any filters."""
        return self._git("cat-file", "--batch", given="".join(f"{one}\n" for one in ids).encode())

    def fetch(self, *, unless_within: timedelta = timedelta()) -> None:
        """Fetch, unless the last try was less than `unless_within` ago. A failure is stored in `failure`.

        The first failure in a row is logged if there is a good commit to continue with. Without one,
        `GitSource` raises.
        """
        if self._is_within(unless_within):
            return
        with state_dir.source_lock(self._state, self._clock, patience=FETCH_TIMEOUT):
            if self._is_within(unless_within):  # another process fetched while this one waited
                return
            before, self.failure = self.failure, self._tried()
        if self.failure and not before and self.fetched:
            log.warning("%s", self._trouble())
        elif before and not self.failure:
            log.info("the git repository %s can be fetched again", self._address)

    def fetch_commit(self, commit: str) -> None:
        """Fetch an older commit by its id. Not every server allows that; a refusal is ignored."""
        if _COMMIT.fullmatch(commit) is None:
            return
        ssh = _ssh(self._key_file, known_hosts=self._state / "known_hosts")
        with state_dir.source_lock(self._state, self._clock, patience=FETCH_TIMEOUT):
            self._fetched(commit, ssh=ssh)

    def discard(self) -> None:
        """Delete the copy, if it cannot be read."""
        with state_dir.source_lock(self._state, self._clock, patience=FETCH_TIMEOUT):
            shutil.rmtree(self._place, ignore_errors=True)

    def _tried(self) -> str:
        """Fetch and clean up. Returns what went wrong, "" for nothing."""
        ssh = _ssh(self._key_file, known_hosts=self._state / "known_hosts")
        try:
            failure = self._fetch(ssh)
        except OSError as error:
            return f"cannot write to {self._place}: {error.strerror}"
        if failure:
            self._git("prune", "--expire=now")  # an interrupted fetch leaves its objects behind each time
        return failure

    def _fetch(self, ssh: str) -> str:
        self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
        # An empty template folder, because the machine's own may contain hooks (T14).
        init = self._git("init", "--bare", "--quiet", "--template=")
        if not init.ok:
            return _reason(init)
        # Before the fetch, so that one that fails is not tried again before its time either.
        self._stamp("tried")
        branch = f"refs/heads/{self._address.branch}" if self._address.branch else "HEAD"
        answer = self._fetched(f"+{branch}:{_INCOMING}", ssh=ssh)
        if not answer.ok:
            return _reason(answer)
        if not self.listing(_INCOMING).ok:
            return f"its newest commit has no folder {self._address.folder}"
        config = self._git("update-ref", _GOOD, _INCOMING)
        if not config.ok:
            return _reason(config)
        self._stamp("fetched")
        return ""

    def _fetched(self, what: str, *, ssh: str) -> GitAnswer:
        return self._git(
            *_WARY,
            "-c", f"protocol.{self._address.transport}.allow=always",
            # Only the newest commit, without its history (docs/how-to/use-git.md).
            "fetch", "--quiet", "--depth", "1", "--no-tags", "--no-recurse-submodules",
            "--no-write-fetch-head", "--end-of-options", self._address.url, what,
            ssh=ssh,
            timeout=FETCH_TIMEOUT,
            proxy=self._proxy,
        )  # fmt: skip

    def _git(
        self, *arguments: str, given: bytes = b"", ssh: str = "", timeout: float = TIMEOUT, proxy: str = ""
    ) -> GitAnswer:
        return run_git(
            "--git-dir=.",
            *arguments,
            cwd=self._place,
            given=given,
            ssh=ssh,
            proxy=proxy,
            timeout=timeout,
            largest_file=self._largest,
        )

    def _is_within(self, age: timedelta) -> bool:
        """Return whether the last try is newer than that. One in the future means the clock was set back."""
        tried = self._stamped("tried")
        # A try in the future means that the clock was set back, and does not count (K04).
        return tried is not None and self._clock.now() in Interval.after(tried, age) and bool(self.good())

    def _stamp(self, name: str) -> None:
        moment = self._clock.now().timestamp()
        (self._place / name).touch()
        os.utime(self._place / name, (moment, moment))

    def _stamped(self, name: str) -> datetime | None:
        try:
            return datetime.fromtimestamp((self._place / name).stat().st_mtime, UTC)
        except OSError:
            return None

    def _trouble(self) -> str:
        fallback = f"using the copy fetched at {self.fetched:%Y-%m-%d %H:%M} UTC"
        return f"the git repository {self._address} cannot be fetched: {self.failure}; {fallback}"


def _ssh(key_file: Path | None, *, known_hosts: Path) -> str:
    """Return the ssh command: it asks nothing, stores host keys in the state folder and offers one key."""
    # accept-new accepts an unknown host's key once, but refuses one that changed (docs/reference/files.md).
    options = ["BatchMode=yes", "StrictHostKeyChecking=accept-new", "ConnectTimeout=15"]
    options += ["ServerAliveInterval=10", f'UserKnownHostsFile="{_plain(known_hosts)}" ~/.ssh/known_hosts']
    command = ["ssh"]
    if key_file is not None:
        _check_key(key_file)
        command += ["-i", _plain(key_file)]
        # Otherwise ssh would first offer other keys of the account (man ssh_config).
        options.insert(0, "IdentitiesOnly=yes")
    # git passes the command to a shell: https://git-scm.com/docs/git#Documentation/git.txt-GITSSHCOMMAND
    return shlex.join([*command, *(part for option in options for part in ("-o", option))])


def _plain(path: Path) -> str:
    return str(path).replace("%", "%%")  # ssh replaces %h and the like


def _check_key(path: Path) -> None:
    """Refuse a key that other users can read, as ssh would too, or that this account cannot read."""
    try:
        facts = path.stat()
    except OSError as error:
        raise ConfigError(f"MEGABOT_SOURCE_KEY_FILE: cannot read {path}: {error.strerror}") from error
    # Like ssh itself: this account's group may read a key that root owns, but not one that the account owns.
    ours = facts.st_uid == os.geteuid()
    if facts.st_mode & (stat.S_IRWXO | (stat.S_IRWXG if ours else 0)):
        raise ConfigError(f"MEGABOT_SOURCE_KEY_FILE: other users can read {path}; run: chmod 600 {path}")
    if not stat.S_ISREG(facts.st_mode) or not os.access(path, os.R_OK):
        raise ConfigError(
            f"MEGABOT_SOURCE_KEY_FILE: this account cannot read {path} as a file; check its permissions"
        )


def _reason(answer: GitAnswer) -> str:
    """Return git's own reason in one line, without what a server sent, which could be anything."""
    trouble = ownership_trouble(answer)
    if trouble:
        return trouble
    reasons = {"FileNotFoundError": "git is not installed", "TimeoutExpired": "it took too long"}
    lines = (line.strip() for line in answer.err.splitlines())
    # Lines after "remote:" come from the server and could say anything.
    own = (line for line in lines if line and not line.lower().startswith(("remote:", "warning:", "hint:")))
    message = next(own, "git gave no reason")
    printable = "".join(letter if letter.isprintable() else " " for letter in message)
    return reasons.get(message, printable[:200].removeprefix("fatal: "))
