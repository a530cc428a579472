"""The address of a source in git, `URL#branch:folder`, and the web page of a commit. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_SCP = re.compile(r"\w[\w.-]*@(?P<host>\w[\w.-]*):(?P<path>\S+)")  # git@git.example:birds/threads.git
_BRANCH = re.compile(r"[\w@+][\w.@+-]*(/[\w@+][\w.@+-]*)*")
_EXAMPLE = "https://git.example/birds/threads.git#main:templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitAddress:
    """A folder on a branch of a repository. Empty `branch`: the default branch; empty `folder`: the root."""

    url: str
    branch: str = ""
    folder: str = ""

    def __str__(self) -> str:
        place = f"{self.branch}:{self.folder}" if self.folder else self.branch
        return f"{self.url}#{place}" if place else self.url

    @property
    def transport(self) -> str:
        """Git's name for the protocol: `https`, `ssh` or `file`."""
        scheme = self.url.partition("://")[0]
        return scheme if scheme in {"https", "file"} else "ssh"


def parse(text: str) -> GitAddress:
    """Read an address. Raises `ValueError` with a sentence about what to write instead."""
    url, _, place = text.strip().partition("#")
    branch, _, folder = place.partition(":")
    folder = folder.strip("/")
    if branch and (not _BRANCH.fullmatch(branch) or ".." in branch):
        raise ValueError(f"the branch is not valid; write URL#branch:folder, like {_EXAMPLE}")
    if folder and not all(part.isprintable() and part not in {"", ".", ".."} for part in folder.split("/")):
        raise ValueError(f"the folder is not valid; write URL#branch:folder, like {_EXAMPLE}")
    return GitAddress(url=_url(url), branch=branch, folder=folder)


def commit_url(address: GitAddress, commit: str) -> str:
    """Return the web page of a commit, "" if there is none. The path depends on the code host."""
    host, path = _host_and_path(address.url)
    path = path.removesuffix("/").removesuffix(".git")
    if not host or path.startswith("/") or "/" not in path:
        return ""  # a local folder or a private machine reached by ssh has no web page
    if "gitlab" in host:
        return f"https://{host}/{path}/-/commit/{commit}"
    page = "commits" if host == "bitbucket.org" else "commit"
    return f"https://{host}/{path}/{page}/{commit}"


def _url(url: str) -> str:
    if _SCP.fullmatch(url):
        return url
    parts = _split(url)
    name, at, _ = parts.netloc.rpartition("@")
    # Addresses appear in logs and messages (promise 8); the name in an ssh address is not a secret.
    if (at and (parts.scheme != "ssh" or ":" in name)) or parts.query:
        raise ValueError(
            "the address must not contain a token or password, because it is shown in logs; use "
            "MEGABOT_SOURCE_KEY_FILE and an ssh address"
        )
    whole = parts.path.startswith("/") and url.isprintable() and " " not in url
    if not whole or not _reachable(parts):
        raise ValueError(f"write https://, ssh://, git@HOST:PATH or file:///PATH, like {_EXAMPLE}")
    return url


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise ValueError(f"this is not a valid address; write one like {_EXAMPLE}") from error


def _reachable(parts: SplitResult) -> bool:
    if parts.scheme == "file":
        return not parts.netloc
    host = parts.hostname or "-"
    return parts.scheme in {"https", "ssh"} and not host.startswith(
        "-"
    )  # ssh would read a leading - as an option


def _host_and_path(url: str) -> tuple[str, str]:
    """Return the host of a repository and its path, which starts with / if it is an absolute path there."""
    short = _SCP.fullmatch(url)
    if short:
        return short["host"], short["path"]
    parts = urlsplit(url)
    host = parts.netloc if parts.scheme == "https" else parts.hostname or ""
    return host, parts.path.removeprefix("/")
