"""`URL#branch:folder`, and the page of a commit."""

import pytest

from megabot.forum.addresses import is_git
from megabot.source.git.address import GitAddress, commit_url, parse

HTTPS = "https://git.example/birds/threads.git"
SCP = "git@git.example:birds/threads.git"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (HTTPS, GitAddress(url=HTTPS)),
        (f" {HTTPS}#main ", GitAddress(url=HTTPS, branch="main")),
        (f"{HTTPS}#main:a/b/", GitAddress(url=HTTPS, branch="main", folder="a/b")),
        (f"{HTTPS}#:templates", GitAddress(url=HTTPS, folder="templates")),
        (f"{HTTPS}#next/v1.2:templates", GitAddress(url=HTTPS, branch="next/v1.2", folder="templates")),
        (f"{SCP}#main:templates", GitAddress(url=SCP, branch="main", folder="templates")),
        ("ssh://git@[::1]:22/a/b", GitAddress(url="ssh://git@[::1]:22/a/b")),
        ("file:///srv/threads.git#main", GitAddress(url="file:///srv/threads.git", branch="main")),
    ],
)
def test_an_address_is_read_into_its_parts(text: str, address: GitAddress) -> None:
    assert is_git(text.strip())
    assert parse(text) == address
    assert parse(str(address)) == address


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (f"{HTTPS}#-f", "the branch is not valid"),
        (f"{HTTPS}#a..b", "the branch is not valid"),
        (f"{HTTPS}#a b:c", "the branch is not valid"),
        (f"{HTTPS}#main:../b", "the folder is not valid"),
        (f"{HTTPS}#main:a//b", "the folder is not valid"),
        (f"{HTTPS}#main:a\nb", "the folder is not valid"),
        ("https://robin@git.example/a/b", "must not contain a token"),
        ("ssh://robin:token@git.example/a/b", "must not contain a token"),
        ("https://git.example/a/b?token=x", "must not contain a token"),
        ("http://git.example/a/b", "write https://, ssh://"),
        ("git://git.example/a/b", "write https://, ssh://"),
        ("ext://sh/a/b", "write https://, ssh://"),
        ("https:///a/b", "write https://, ssh://"),
        ("https://git.example", "write https://, ssh://"),
        ("https://git.example/a b", "write https://, ssh://"),
        ("ssh://-oProxyCommand=x/a/b", "write https://, ssh://"),
        ("ssh://git@-oProxyCommand=x/a/b", "write https://, ssh://"),
        ("file://host/a", "write https://, ssh://"),
        ("https://[x/a", "this is not a valid address"),
    ],
)
def test_what_is_no_address_is_met_with_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        parse(text)


@pytest.mark.parametrize(
    ("url", "transport"), [(HTTPS, "https"), (SCP, "ssh"), ("ssh://git@a/b/c", "ssh"), ("file:///a", "file")]
)
def test_an_address_names_its_transport(url: str, transport: str) -> None:
    assert GitAddress(url=url).transport == transport


@pytest.mark.parametrize(
    ("url", "page"),
    [
        (HTTPS, "https://git.example/birds/threads/commit/abc"),
        ("https://git.example:8443/birds/threads/", "https://git.example:8443/birds/threads/commit/abc"),
        (SCP, "https://git.example/birds/threads/commit/abc"),
        ("ssh://git@git.example:2222/birds/threads.git", "https://git.example/birds/threads/commit/abc"),
        ("git@gitlab.example:a/b/c.git", "https://gitlab.example/a/b/c/-/commit/abc"),
        ("https://bitbucket.org/a/b", "https://bitbucket.org/a/b/commits/abc"),
        ("robin@server.example:/srv/git/threads.git", ""),
        ("robin@server.example:threads.git", ""),
        ("file:///srv/git/threads.git", ""),
    ],
)
def test_a_commit_has_a_page_where_its_host_shows_one(url: str, page: str) -> None:
    assert commit_url(GitAddress(url=url, branch="main"), "abc") == page
