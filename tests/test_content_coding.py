"""What servers packed is unpacked, whatever they say about it, and never to more than was wanted."""

import gzip
import zlib

import brotli
import pytest
from backports import zstd

from indexer.sources.web.content_coding import CodingError, decode_body

BODY = b"<p>The tide mill at Lenz has ground its first flour in forty years.</p>" * 50
RAW = zlib.compressobj(wbits=-15)
PACKED = {
    "": BODY,
    "identity": BODY,
    "gzip": gzip.compress(BODY),
    "X-GZip": gzip.compress(BODY),
    "deflate": zlib.compress(BODY),
    " deflate ": RAW.compress(BODY) + RAW.flush(),
    "br": brotli.compress(BODY),
    "zstd": zstd.compress(BODY),
    "gzip, br": brotli.compress(gzip.compress(BODY)),
}


@pytest.mark.parametrize("coding", PACKED)
def test_every_coding_is_decoded(coding: str) -> None:
    assert decode_body(PACKED[coding], coding, 10**6) == BODY


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_not_packed_though_the_server_says_so_is_kept(coding: str) -> None:
    assert decode_body(BODY, coding, 10**6) == BODY


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_body_that_is_packed_though_the_server_does_not_say_so_is_unpacked(coding: str) -> None:
    assert decode_body(PACKED[coding], "", 10**6) == BODY


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_no_more_is_decoded_than_is_wanted(coding: str) -> None:
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}[coding]
    assert decode_body(pack(bytes(10**8)), coding, 1000) == bytes(1001)


@pytest.mark.parametrize(
    ("body", "coding", "reason"),
    [
        (b"\x00\x01", "compress", "is packed with 'compress', wanted gzip, deflate, br, zstd"),
        (b"\xff\xfe\xfd", "br", "is damaged: it says that it is packed with br, but"),
        (b"\xff\xfe\xfd", "gzip", "is damaged: it says that it is packed with gzip, but"),
        (b"\xff\xfe\xfd", "zstd", "is damaged: it says that it is packed with zstd, but"),
        (b"x", "gzip," * 5, "is packed 5 times, wanted at most 4"),
    ],
)
def test_what_cannot_be_decoded_is_named(body: bytes, coding: str, reason: str) -> None:
    with pytest.raises(CodingError, match=reason):
        decode_body(body, coding, 10**6)
