"""A copy of one branch's newest commit, in a bare repository of the state folder. Checks nothing out.

What was fetched becomes the good commit only when the source's folder is in it; until then, and whenever
fetching fails, the good commit stays what it was.
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
"""With the wait for another's fetch, and a pass's requests behind it, below the unit's WatchdogSec."""
LARGEST = 256 * 1024 * 1024
"""The most that a fetch may write into one file: a state folder that is full stops the ledger too."""
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_INCOMING = "refs/megabot/incoming"
_GOOD = "refs/megabot/good"
_WARY = (
    "-c", "protocol.allow=never",
    "-c", "http.sslVerify=true",
    "-c", "http.lowSpeedLimit=100",
    "-c", "http.lowSpeedTime=20",
    "-c", "gc.autoDetach=false",
)  # fmt: skip
log = logging.getLogger("megabot")


class GitCache:
    """The copy of one address. Another address has another one; each may be deleted at any time."""

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
        """Why the last fetch of this process failed, empty where it did not."""

    @property
    def fetched(self) -> datetime | None:
        """When the good commit was last seen to be the newest one."""
        return self._stamped("fetched")

    def good(self) -> str:
        """Give the good commit, empty where there is none yet."""
        if not self._place.is_dir():
            return ""
        answer = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", _GOOD)
        return answer.out.strip() if answer.ok else ""

    def listing(self, commit: str) -> GitAnswer:
        """List the files below the source's folder as `git ls-tree -r -z -l` does."""
        tree = f"{commit}:{self._address.folder}"
        return self._git("ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", tree)

    def blobs(self, ids: list[str]) -> GitAnswer:
        """Give the contents of files as `git cat-file --batch` does: as committed, past every filter."""
        return self._git("cat-file", "--batch", given="".join(f"{one}\n" for one in ids).encode())

    def fetch(self, *, unless_within: timedelta = timedelta()) -> None:
        """Fetch, unless it was tried so lately. A failure is kept in `failure`.

        It is logged when it begins, where there is a good commit to go on with: else the reader raises.
        """
        if self._is_within(unless_within):
            return
        with state_dir.source_lock(self._state, self._clock, patience=FETCH_TIMEOUT):
            if self._is_within(unless_within):  # by the one that was waited for
                return
            before, self.failure = self.failure, self._tried()
        if self.failure and not before and self.fetched:
            log.warning("%s", self._trouble())
        elif before and not self.failure:
            log.info("the source %s can be fetched again", self._address)

    def fetch_commit(self, commit: str) -> None:
        """Fetch an older commit by its id, where the server gives those; it says nothing where not."""
        if _COMMIT.fullmatch(commit) is None:
            return
        ssh = _ssh(self._key_file, known_hosts=self._state / "known_hosts")
        with state_dir.source_lock(self._state, self._clock, patience=FETCH_TIMEOUT):
            self._fetched(commit, ssh=ssh)

    def discard(self) -> None:
        """Throw the copy away, for one that cannot be read."""
        with state_dir.source_lock(self._state, self._clock, patience=FETCH_TIMEOUT):
            shutil.rmtree(self._place, ignore_errors=True)

    def _tried(self) -> str:
        """Fetch, and leave no halves behind. Gives what went wrong, empty for nothing."""
        ssh = _ssh(self._key_file, known_hosts=self._state / "known_hosts")
        try:
            failure = self._fetch(ssh)
        except OSError as error:
            return f"{self._place} cannot be written: {error.strerror}"
        if failure:
            self._git("prune", "--expire=now")  # a fetch that is cut off leaves what it had, each time anew
        return failure

    def _fetch(self, ssh: str) -> str:
        """Fetch and judge what came."""
        self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
        init = self._git("init", "--bare", "--quiet", "--template=")
        if not init.ok:
            return _reason(init)
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
        """Tell whether the last try is younger than that; one in the future is a clock that was set back."""
        tried = self._stamped("tried")
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
        going_on = f"going on with what was fetched at {self.fetched:%Y-%m-%d %H:%M} UTC"
        return f"the source {self._address} cannot be fetched: {self.failure}; {going_on}"


def _ssh(key_file: Path | None, *, known_hosts: Path) -> str:
    """Write the command for ssh: asks nobody, keeps the keys of hosts in the state folder, shows one key."""
    options = ["BatchMode=yes", "StrictHostKeyChecking=accept-new", "ConnectTimeout=15"]
    options += ["ServerAliveInterval=10", f'UserKnownHostsFile="{_plain(known_hosts)}" ~/.ssh/known_hosts']
    command = ["ssh"]
    if key_file is not None:
        _check_key(key_file)
        command += ["-i", _plain(key_file)]
        options.insert(0, "IdentitiesOnly=yes")
    return shlex.join([*command, *(part for option in options for part in ("-o", option))])


def _plain(path: Path) -> str:
    return str(path).replace("%", "%%")  # ssh fills in %h and the like


def _check_key(path: Path) -> None:
    """Refuse a key that others may read, which ssh would not take either, or that we may not."""
    try:
        facts = path.stat()
    except OSError as error:
        raise ConfigError(f"MEGABOT_SOURCE_KEY_FILE: {path} cannot be read: {error.strerror}") from error
    ours = facts.st_uid == os.geteuid()
    if facts.st_mode & (stat.S_IRWXO | (stat.S_IRWXG if ours else 0)):
        raise ConfigError(f"MEGABOT_SOURCE_KEY_FILE: others may read {path}; run: chmod 600 {path}")
    if not stat.S_ISREG(facts.st_mode) or not os.access(path, os.R_OK):
        raise ConfigError(f"MEGABOT_SOURCE_KEY_FILE: {path} is no file that this account may read")


def _reason(answer: GitAnswer) -> str:
    """Give git's own reason in one line; what a server sent along is left out, it may hold anything."""
    trouble = ownership_trouble(answer)
    if trouble:
        return trouble
    known = {"FileNotFoundError": "git is not installed", "TimeoutExpired": "it took too long"}
    lines = (line.strip() for line in answer.err.splitlines())
    own = (line for line in lines if line and not line.lower().startswith(("remote:", "warning:", "hint:")))
    told = next(own, "git gave no reason")
    printable = "".join(letter if letter.isprintable() else " " for letter in told)
    return known.get(told, printable[:200].removeprefix("fatal: "))
