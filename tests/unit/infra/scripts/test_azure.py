"""How the scripts reach a deployed app: over TLS, and nowhere else than where they were told."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from infra.scripts.azure import fetch


class LeadingAway(BaseHTTPRequestHandler):
    """A server that leads to a sign-in page, on the same host here, and notes what it was asked."""

    asked: list[tuple[str, str | None]]

    def do_GET(self) -> None:
        """Lead away."""
        self.asked.append((self.path, self.headers["Authorization"]))
        self.send_response(302 if self.path == "/api/status" else 200)
        self.send_header("Location", "/login")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def leading_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    """Such a server, whose certificate this process trusts."""
    certificate = tmp_path / "certificate.pem"
    certificate.write_bytes(make_certificate())
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    LeadingAway.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), LeadingAway) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def make_certificate() -> bytes:
    """Return a certificate for this machine, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return signed.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)


def test_no_redirect_is_followed_so_that_a_token_goes_nowhere_else(leading_away: ThreadingHTTPServer) -> None:
    url = f"https://127.0.0.1:{leading_away.server_port}/api/status"
    assert fetch(url, {"Authorization": "Bearer the-token"}) == (302, "")
    assert LeadingAway.asked == [("/api/status", "Bearer the-token")]
