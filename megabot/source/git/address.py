"""Where a source is in git: `URL#branch:folder` in its parts, and the page that shows a commit. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_SCP = re.compile(r"\w[\w.-]*@(?P<host>\w[\w.-]*):(?P<path>\S+)")  # git@git.example:birds/threads.git
_BRANCH = re.compile(r"[\w@+][\w.@+-]*(/[\w@+][\w.@+-]*)*")
_EXAMPLE = "https://git.example/birds/threads.git#main:templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitAddress:
    """A folder on a branch of a repository. No `branch`: the one it chose itself; no `folder`: its root."""

    url: str
    branch: str = ""
    folder: str = ""

    def __str__(self) -> str:
        place = f"{self.branch}:{self.folder}" if self.folder else self.branch
        return f"{self.url}#{place}" if place else self.url

    @property
    def transport(self) -> str:
        """What git calls the protocol: `https`, `ssh` or `file`."""
        scheme = self.url.partition("://")[0]
        return scheme if scheme in {"https", "file"} else "ssh"


def parse(text: str) -> GitAddress:
    """Read an address as people write it. Raises `ValueError` with a sentence about what to write instead."""
    url, _, place = text.strip().partition("#")
    branch, _, folder = place.partition(":")
    folder = folder.strip("/")
    if branch and (not _BRANCH.fullmatch(branch) or ".." in branch):
        raise ValueError(f"this is no branch; write URL#branch:folder, as in {_EXAMPLE}")
    if folder and not all(part.isprintable() and part not in {"", ".", ".."} for part in folder.split("/")):
        raise ValueError(f"this is no folder of a repository; write URL#branch:folder, as in {_EXAMPLE}")
    return GitAddress(url=_url(url), branch=branch, folder=folder)


def commit_url(address: GitAddress, commit: str) -> str:
    """Give the page that shows a commit, by the habit of the host; empty where there will be none."""
    host, path = _host_and_path(address.url)
    path = path.removesuffix("/").removesuffix(".git")
    if not host or path.startswith("/") or "/" not in path:
        return ""  # a folder, or somebody's own machine behind ssh, rather than a code host
    if "gitlab" in host:
        return f"https://{host}/{path}/-/commit/{commit}"
    page = "commits" if host == "bitbucket.org" else "commit"
    return f"https://{host}/{path}/{page}/{commit}"


def _url(url: str) -> str:
    if _SCP.fullmatch(url):
        return url
    parts = _split(url)
    name, at, _ = parts.netloc.rpartition("@")
    if (at and (parts.scheme != "ssh" or ":" in name)) or parts.query:
        raise ValueError("an address must not hold a token or password: everyone who may see it has it")
    whole = parts.path.startswith("/") and url.isprintable() and " " not in url
    if not whole or not _reachable(parts):
        raise ValueError(f"write https://, ssh://, git@HOST:PATH or file:///PATH, as in {_EXAMPLE}")
    return url


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise ValueError(f"this is no address; write one like {_EXAMPLE}") from error


def _reachable(parts: SplitResult) -> bool:
    if parts.scheme == "file":
        return not parts.netloc
    host = parts.hostname or "-"
    return parts.scheme in {"https", "ssh"} and not host.startswith("-")  # ssh would take that for an option


def _host_and_path(url: str) -> tuple[str, str]:
    """Give the host of a repository and the path on it, which begins with / where it is a machine's own."""
    short = _SCP.fullmatch(url)
    if short:
        return short["host"], short["path"]
    parts = urlsplit(url)
    host = parts.netloc if parts.scheme == "https" else parts.hostname or ""
    return host, parts.path.removeprefix("/")
