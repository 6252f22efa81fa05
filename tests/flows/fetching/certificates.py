"""Certificates for a server on loopback, good and bad, made anew for each test."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM
HERE = "127.0.0.1"


@dataclass(frozen=True)
class Made:
    """server: certificate and key of the server. authority: the certificate of who signed it."""

    server: Path
    authority: Path


def made(folder: Path, *, host: str = HERE, days: int = 1, is_self_signed: bool = False) -> Made:
    """A certificate for `host`, good for `days` from now; signed by an authority that nobody knows, or by
    itself.
    """
    own_key, authority_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate("Zedton authority", "Zedton authority", authority_key, authority_key, days=9)
    issuer, signer = ("Zedton", own_key) if is_self_signed else ("Zedton authority", authority_key)
    server = _certificate("Zedton", issuer, own_key, signer, days=days, host=host)
    key = own_key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    files = Made(folder / "server.pem", folder / "authority.pem")
    files.server.write_bytes(server.public_bytes(PEM) + key)
    files.authority.write_bytes(authority.public_bytes(PEM))
    return files


def _certificate(
    subject: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    days: int,
    host: str = "",
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=not host, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if host:
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
        builder = builder.add_extension(names, critical=False)
    else:
        builder = builder.add_extension(
            x509.KeyUsage(
                digital_signature=False,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=True,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    return builder.sign(signer, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
