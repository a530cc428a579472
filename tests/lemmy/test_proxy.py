"""The proxy that a setting names."""

from megabot.proxy import parse


def test_a_proxy_without_a_name_needs_no_header_and_has_no_secret() -> None:
    proxy = parse("http://proxy.example:3128")

    assert (proxy.headers, proxy.secrets) == ({}, ())


def test_a_proxy_with_a_name_is_shown_its_password_and_keeps_it_secret() -> None:
    proxy = parse("http://bot:s3cret@proxy.example:3128")

    assert proxy.headers["Proxy-Authorization"].startswith("Basic ")
    assert "s3cret" in proxy.secrets
