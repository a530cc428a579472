"""Debian's nginx and Caddy with the configurations of docs/how-to/serve-the-page.md.

Only addresses, ports and the certificate are replaced.
"""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs/how-to/serve-the-page.md"
NAME = "megabot.example"
LISTENS = "127.0.0.1:8642"
PATIENCE = 20.0
NGINX = """\
{user}
pid {folder}/pid;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site;
}}
"""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A self-signed certificate for `NAME`."""

    file: Path
    key: Path

    @property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A web server that runs. `folder` has all of its logs."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}"

    def logs(self) -> str:
        return "".join(path.read_text("utf-8") for path in self.folder.glob("*.log"))


def program(name: str) -> str:
    """Return the path of a program; fail the test if it is not installed."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        pytest.fail(f"these tests need {name}; install it: apt-get install {name}", pytrace=False)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def new_certificate(folder: Path) -> Certificate:
    made = Certificate(file=folder / "fullchain.pem", key=folder / "privkey.pem")
    words = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-days", "2", "-nodes"]
    new = ["req", "-x509", "-newkey", "rsa:2048", "-keyout", str(made.key), "-out", str(made.file)]
    subprocess.run([program("openssl"), *new, *words], check=True, capture_output=True)
    return made


def example(language: str) -> str:
    """Return the one block of the page in a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return str(found)


def replaced(text: str, old: str, new: str) -> str:
    """Replace what must be there."""
    assert old in text, f"{old} is not in the example"
    return text.replace(old, new)


def with_socket(kind: str, configuration: str, path: Path) -> str:
    """Do what the page's table says for a Unix socket."""
    (row,) = [line for line in PAGE.read_text("utf-8").splitlines() if line.lstrip().startswith(f"| {kind}")]
    old, new = re.findall(r"`([^`]+)`", row)
    return replaced(configuration, old, replaced(new, "/run/megabot-web/page.sock", str(path)))


@contextmanager
def running(
    kind: str, folder: Path, certificate: Certificate, port: int, upstream: Path | int
) -> Iterator[Proxy]:
    """Run nginx or caddy on a port; `upstream` is the port or the Unix socket of the page."""
    folder.mkdir()
    configure = {"nginx": _nginx, "caddy": _caddy}[kind]
    text = example({"nginx": "nginx", "caddy": "caddyfile"}[kind])
    if isinstance(upstream, Path):
        text = with_socket("nginx" if kind == "nginx" else "Caddy", text, upstream)
    else:
        text = replaced(text, LISTENS, f"127.0.0.1:{upstream}")
    command = configure(text, folder, certificate, port)
    with (folder / "output.log").open("wb") as output:
        child = subprocess.Popen(
            command, stdout=output, stderr=output, env={"PATH": "/usr/bin:/bin", "HOME": str(folder)}
        )
        try:
            _await(port, child, folder)
            yield Proxy(port=port, folder=folder)
        finally:
            child.terminate()
            child.wait(PATIENCE)


def _nginx(text: str, folder: Path, certificate: Certificate, port: int) -> list[str]:
    text = replaced(text, "listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;")
    text = replaced(text, "listen [::]:443 ssl;", "")
    text = replaced(text, f"/etc/letsencrypt/live/{NAME}/fullchain.pem", str(certificate.file))
    text = replaced(text, f"/etc/letsencrypt/live/{NAME}/privkey.pem", str(certificate.key))
    (folder / "site").write_text(text)
    # Debian's account for it could not enter the folder of a test that runs as root.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(user=user, folder=folder))
    alone = ["-g", "daemon off;", "-e", f"{folder}/error.log"]
    return [program("nginx"), "-p", str(folder), "-c", f"{folder}/nginx.conf", *alone]


def _caddy(text: str, folder: Path, certificate: Certificate, port: int) -> list[str]:
    site = f"https://{NAME}:{port} {{\n\tbind 127.0.0.1\n\ttls {certificate.file} {certificate.key}\n"
    text = replaced(text, f"\n{NAME} {{\n", f"\n{site}")
    text = replaced(text, "{\n\t# The", f"{{\n\tadmin off\n\thttp_port {free_port()}\n\t# The")
    (folder / "Caddyfile").write_text(text)
    return [program("caddy"), "run", "--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"]


def _await(port: int, child: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and child.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"it does not listen: {(folder / 'output.log').read_text()}")
