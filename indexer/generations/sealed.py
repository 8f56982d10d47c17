"""JSON that carries the digest of its own content, so that not one bit of it changes unnoticed.

The last member of the object is ``digest``: the SHA-256, in hexadecimal, of all bytes that stand before it.
"""

import hashlib
from pathlib import Path

from indexer.errors import IndexCorruptError

_NAME = b',\n  "digest": "'
_END = b'"\n}\n'
_OBJECT_END = b"\n}"


def with_digest(content: bytes) -> bytes:
    """Return a JSON object, which is indented by two spaces, with its digest."""
    body = content.strip().removesuffix(_OBJECT_END)
    return body + _NAME + _digest(body) + _END


def without_digest(content: bytes) -> bytes:
    """Return a JSON object as it was before it got its digest; one without a digest is returned as it is."""
    body, name, _ = content.rpartition(_NAME)
    return body + _OBJECT_END if name else content


def has_digest(content: bytes) -> bool:
    """Return whether the content claims to carry its digest, right or wrong."""
    return _NAME in content


def is_intact(content: bytes) -> bool:
    """Return whether the content carries its digest, and not one byte differs from what was written."""
    body, name, end = content.rpartition(_NAME)
    return bool(name) and end == _digest(body) + _END


def read_file(path: Path) -> bytes:
    """Read a file that may be anything by now.

    Raises:
        IndexCorruptError: It is missing, is no file such as a folder or a pipe, or cannot be read.
    """
    try:
        if path.exists() and not path.is_file():
            raise IndexCorruptError(f"{path} is damaged: it is no file", "run rebuild-index")
        return path.read_bytes()
    except OSError as error:
        raise IndexCorruptError(f"cannot read {path}: {error.strerror}", "run rebuild-index") from error


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
