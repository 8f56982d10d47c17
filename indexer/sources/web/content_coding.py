"""Decode the body of an answer of a web server, which may be packed in several ways one after the other."""

import zlib
from collections.abc import Callable

import brotli
from backports import zstd

from indexer.sources import limits

_GZIP, _ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
ACCEPTED = "gzip, deflate, br, zstd"
"""The codings that are decoded, as a request names them."""


class CodingError(ValueError):
    """A body cannot be decoded; the message says why."""


def decode_body(body: bytes, codings: str, limit: int) -> bytes:
    """Return a body without its codings; not more than ``limit`` bytes and one more are decoded.

    A body that is clearly not packed, though a header says so, as in many archives, is returned as it is; and one that
    clearly is packed is unpacked without a header.

    Args:
        body: What the server sent.
        codings: The header ``Content-Encoding``: the names of codings in the order in which they were applied.
        limit: The most bytes that are wanted.

    Raises:
        CodingError: A coding is not known, or the body is damaged.
    """
    names = [name for each in codings.split(",") if (name := each.strip().casefold())]
    if len(names) > limits.CODINGS:
        raise CodingError(f"is packed {len(names)} times, wanted at most {limits.CODINGS}")
    for name in reversed(names):
        if name not in {"identity", "none", "utf-8"}:
            body = _decode(body, name, limit)
    if body.startswith(_GZIP):
        return _gunzip(body, limit)
    return _unzstd(body, limit) if body.startswith(_ZSTD) else body


def _decode(body: bytes, name: str, limit: int) -> bytes:
    decode = _DECODERS.get(name)
    if decode is None:
        raise CodingError(f"is packed with {name[:30]!r}, wanted {ACCEPTED}")
    try:
        return decode(body, limit)
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
        if body.lstrip()[:1] in {b"<", b"{"}:
            return body
        raise CodingError(f"is damaged: it says that it is packed with {name}, but {error}") from error


def _gunzip(body: bytes, limit: int) -> bytes:
    return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, limit + 1)


def _inflate(body: bytes, limit: int) -> bytes:
    """Unpack the coding "deflate", which many servers send without the header that it should have."""
    try:
        return zlib.decompressobj().decompress(body, limit + 1)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, limit + 1)


def _unbrotli(body: bytes, limit: int) -> bytes:
    decompressor = brotli.Decompressor()
    unpacked: bytes = decompressor.process(body, output_buffer_limit=limit + 1)
    while len(unpacked) <= limit and not decompressor.can_accept_more_data():
        unpacked += decompressor.process(b"", output_buffer_limit=limit + 1 - len(unpacked))
    return unpacked[: limit + 1]


def _unzstd(body: bytes, limit: int) -> bytes:
    options = {int(zstd.DecompressionParameter.window_log_max): limits.DICTIONARY.bit_length() - 1}
    return zstd.ZstdDecompressor(options=options).decompress(body, limit + 1)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
