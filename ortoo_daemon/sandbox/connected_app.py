"""Who may log in by OAuth?  The connected app: its secret, its certificate, its run-as user."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedApp:
    """One registered client.

    `run_as` is the user id that client_credentials logs in; `public_key` (PEM) verifies JWT
    assertions and is None when no certificate is registered.
    """

    name: str
    client_id: str
    client_secret: str
    run_as: str
    public_key: str | None = None


def public_key_of(pem: bytes) -> str:
    """The RSA public key of a PEM certificate or public key. Raises ValueError."""
    if b"BEGIN CERTIFICATE" in pem:
        key = x509.load_pem_x509_certificate(pem).public_key()
    else:
        key = serialization.load_pem_public_key(pem)  # type: ignore[assignment]
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("the certificate's key is no RSA key; RS256 needs one")
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A private key and its self-signed certificate, both PEM."""

    private_key: bytes
    certificate: bytes


def generate_key_pair(common_name: str = "ortoo sandbox") -> KeyPair:
    """A fresh 2048 bit RSA key with a certificate valid for a year."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    at = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    return KeyPair(
        private_key=key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        certificate=certificate.public_bytes(serialization.Encoding.PEM),
    )


def write_private_key(path: Path, pem: bytes) -> None:
    """Write a private key that only its owner can read."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(pem)
