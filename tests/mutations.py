"""Damage documents at random: bits, bytes, stretches, numbers, and the members of what is packed."""

import bz2
import gzip
import io
import lzma
import random
import zipfile
from collections.abc import Callable, Sequence

from backports import zstd

Damage = Callable[[random.Random, bytes, Sequence[bytes]], bytes]
LONGEST = 300_000
"""Bytes of a damaged document."""
_ODD = (
    b"\x00", b"\xff", b"\xff\xfe", b"\r\n", b'"', b"'", b"<", b">", b"&#0;", b"&#xD800;", b"]]>", b"<!--", b"-->",
    b"{", b"}",
    b"[" * 50, b"]", b"9" * 30, b"-1", b"1e999", b"NaN", b"\\ud800", b"\\u0000", b"\\", b",", b";", b"\t", b"|",
    b":", b"=",
    b"\xe2\x80\xa8", b"\xc3", b"\xed\xa0\x80", b"\xef\xbf\xbd", b"\xcc\x81" * 40, b"null", b"{}", b'{"text":',
    b'"date": ',
    b"99999-99-99", b"0000-00-00", b"9999-12-31T23:59:59-14:00", b"http://[", b"//", b"../", b"%", b"=?utf-8?b?",
    b"--a",
    b"Content-Length: -1", b"From ", b"{\\rtf", b"\\'", b"{{", b"[[", b"<ref>", b"---\n", b"+++\n", b"#", b"*", b"`",
    b"![",
)  # fmt: skip
_SIZES = (
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x00\x00\x00\x80",
    b"\x00\x00\x00\x00",
    b"\x01\x00\x00\x00",
    b"\xff\xff",
)
"""Lengths and places, as formats of bytes hold them."""
_CODECS: tuple[tuple[bytes, Callable[[bytes], bytes], Callable[[bytes], bytes]], ...] = (
    (b"\x1f\x8b", gzip.decompress, lambda content: gzip.compress(content, 1, mtime=0)),
    (b"BZh", bz2.decompress, bz2.compress),
    (b"\xfd7zXZ", lzma.decompress, lambda content: lzma.compress(content, preset=0)),
    (b"\x28\xb5\x2f\xfd", zstd.decompress, zstd.compress),
)


def damaged(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Return a document with one to four kinds of damage; ``others`` are of the same format."""
    if chance.random() < 0.5:
        content = _inside(chance, content, others) or content
    for _ in range(chance.choice((1, 1, 2, 4))):
        content = chance.choice(_DAMAGES)(chance, content, others)[:LONGEST]
    return content


def _inside(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Return a packed document with damage in what is packed; empty if it is none."""
    try:
        for mark, unpack, pack in _CODECS:
            if content.startswith(mark):
                return pack(damaged(chance, unpack(content)[:LONGEST], others))
        return _inside_a_zip(chance, content, others) if content.startswith(b"PK") else b""
    except Exception:  # what is too damaged to be unpacked is damaged as it is
        return b""


def _inside_a_zip(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {each.filename: archive.read(each)[:LONGEST] for each in archive.infolist()[:20]}
    if not members:
        return b""
    hit, sink = chance.choice(list(members)), io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in members.items():
            archive.writestr(zipfile.ZipInfo(name), damaged(chance, each, others) if name == hit else each)
    return sink.getvalue()


def _flip(chance: random.Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 2, 8)) if content else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _put(chance: random.Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = _stretch(chance, content, 8)
    return content[:start] + chance.choice(_ODD) + content[chance.choice((start, end)) :]


def _resize(chance: random.Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    start, new = chance.randrange(len(content) + 1), chance.choice(_SIZES)
    return content[:start] + new + content[start + len(new) :]


def _renumber(chance: random.Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    digits = [place for place, byte in enumerate(content[:20_000]) if 48 <= byte <= 57]
    if not digits:
        return content
    place = chance.choice(digits)
    return content[:place] + chance.choice((b"", b"0", b"9", b"-", b"9" * 12, b".")) + content[place + 1 :]


def _cut(chance: random.Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = _stretch(chance, content, len(content))
    return chance.choice((content[:start], content[start:], content[:start] + content[end:]))


def _repeat(chance: random.Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    start, end = _stretch(chance, content, chance.choice((2, 8, 60, 1000)))
    times = min(chance.choice((2, 10, 300, 5000)), LONGEST // max(1, end - start))
    return content[:start] + content[start:end] * times + content[end:]


def _splice(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    other = chance.choice(others) if others else content
    start, end = _stretch(chance, other, len(other))
    place = chance.randrange(len(content) + 1)
    return content[:place] + other[start:end] + content[place:]


def _stretch(chance: random.Random, content: bytes, most: int) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.randint(0, max(0, most)))


_DAMAGES: Sequence[Damage] = (_flip, _put, _put, _put, _resize, _renumber, _cut, _repeat, _splice)
