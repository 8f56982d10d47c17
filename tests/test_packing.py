"""Archives and packed files: what is in them is read, and nothing that they claim fills memory or takes for ever."""

import errno
import gzip
import io
import lzma
import struct
import tarfile
import tempfile
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indexer.article import Article
from indexer.notice import Notice, left_out, skipped
from indexer.sources import limits, temporary
from indexer.sources.files import SourceFile

NOTE = b"Two more trains of grain are due at the terminal in Vellmar."


def read(path: Path, content: bytes) -> tuple[list[str], list[Notice]]:
    path.write_bytes(content)
    items = list(SourceFile(path, path.stem).items())
    return [item.body for item in items if isinstance(item, Article)], [
        item for item in items if isinstance(item, Notice)
    ]


def tar(*members: tuple[tarfile.TarInfo | str, bytes], kind: str = "w") -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode=kind) as archive:  # type: ignore[call-overload]
        for named, content in members:
            info = tarfile.TarInfo(named) if isinstance(named, str) else named
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return sink.getvalue()


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return sink.getvalue()


def header(kind: bytes, size: int, name: str = "././@LongLink") -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize("kind", ["w", "w:gz", "w:xz"])
def test_a_format_that_is_read_from_its_end_is_read_in_a_tar(tmp_path: Path, kind: str) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": [NOTE.decode()]}), sink)
    assert read(tmp_path / "a.tar", tar(("news.parquet", sink.getvalue()), kind=kind)) == ([NOTE.decode()], [])


def test_packing_within_packing_ends_somewhere(tmp_path: Path) -> None:
    content = NOTE
    for _ in range(limits.PACKING_DEPTH):
        content = gzip.compress(content)
    assert read(tmp_path / "note.txt.gz", content) == ([NOTE.decode()], [])
    for _ in range(1000):
        content = gzip.compress(content, 1)
    bodies, (notice,) = read(tmp_path / "note.txt.gz", content)
    assert bodies == []
    assert notice.reason == "is packed more than 8 times over"


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_that_claims_to_be_huge_is_not_read(tmp_path: Path, kind: bytes) -> None:
    content = tar(("note.txt", NOTE))[:1024] + header(kind, 2**33) + b"9" * 2**20
    bodies, (notice,) = read(tmp_path / "a.tar", content)
    assert bodies == [NOTE.decode()]
    assert notice.reason == "is a damaged archive: it describes a member with more than any archive of news"


def test_headers_within_headers_end_somewhere(tmp_path: Path) -> None:
    chain = (header(tarfile.GNUTYPE_LONGNAME, 5) + b"a.txt".ljust(512, b"\0")) * 3000
    bodies, (notice,) = read(tmp_path / "a.tar", chain + tar(("note.txt", NOTE)))
    assert bodies == []
    assert notice.reason == "is a damaged archive: it describes a member with more than any archive of news"
    long = "a" * 200 + ".txt"
    assert read(tmp_path / "b.tar", tar((long, NOTE)))[0] == [NOTE.decode()]


def test_a_sparse_member_is_bounded_by_what_went_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNPACKED_FREE", 2**20)
    info = bytearray(header(tarfile.GNUTYPE_SPARSE, 512, "zeros.jsonl"))
    info[386:410] = b"00000000000\0" + b"00000001000\0"  # 512 bytes of it are stored
    info[483:495] = tarfile.itn(2**40, 12, tarfile.GNU_FORMAT)
    info[148:156] = b"        "
    info[148:156] = b"%06o\0 " % sum(info)
    content = bytes(info) + b"\n" * 512 + tar(("note.txt", NOTE))
    bodies, notices = read(tmp_path / "a.tar", content)
    assert bodies == []
    assert {notice.reason for notice in notices} == {"unpacks to more than 200 times its size: no news does"}


def test_an_xz_file_that_asks_for_gigabytes_is_refused(tmp_path: Path) -> None:
    packed = lzma.compress(NOTE, lzma.FORMAT_XZ, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 2**20}])
    assert read(tmp_path / "note.txt.xz", packed + packed + b"\0" * 8) == ([(NOTE * 2).decode()], [])
    start = packed.index(b"\x21\x01") - 2  # where the header of the block begins
    block = bytearray(packed[start : start + (packed[start] + 1) * 4])
    block[4] = 37  # 2 GiB
    block[-4:] = struct.pack("<I", zlib.crc32(bytes(block[:-4])))
    bodies, (notice,) = read(tmp_path / "note.txt.xz", packed[:start] + bytes(block) + packed[start + len(block) :])
    assert bodies == []
    assert notice.reason == "is damaged: Memory usage limit exceeded"


def test_members_that_lie_in_one_another_are_read_once(tmp_path: Path) -> None:
    content = zipped({"note.txt": NOTE})
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry = content[start:end]
    tail = bytearray(content[end:])
    struct.pack_into("<HHI", tail, 8, 500, 500, len(entry) * 500)
    bodies, (notice,) = read(tmp_path / "a.zip", content[:start] + entry * 500 + bytes(tail))
    assert bodies == [NOTE.decode()]
    assert notice == skipped(str(tmp_path / "a.zip"), "499 of its members lie in the bytes of others: a zip bomb")


def test_what_comes_out_is_counted_over_all_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNPACKED_FREE", 2**20)
    monkeypatch.setattr(limits, "EXPANSION", 1)
    members = {f"{number:02}.txt": NOTE + b" " * 2**17 for number in range(20)}
    bodies, notices = read(tmp_path / "a.zip", zipped(members))
    assert bodies == [NOTE.decode()] * 8
    assert [notice.origin.rpartition("/")[2] for notice in notices] == ["a.zip!08.txt", "a.zip"]


def test_the_members_of_all_archives_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEMBERS", 4)
    inner = tar(("b.txt", NOTE), ("c.txt", NOTE))
    bodies, notices = read(tmp_path / "a.zip", zipped({"a.txt": NOTE, "b.tar": inner, "d.txt": NOTE}))
    assert bodies == [NOTE.decode()] * 3
    assert [notice.reason for notice in notices] == ["holds more than 4 members"]


def test_a_name_that_is_no_utf_8_costs_nothing(tmp_path: Path) -> None:
    members = {"café.txt": NOTE, "b.txt": b"Shippers wait.", "Šibenik.txt": b"The mayor resigned."}
    content = zipped(members).replace("café".encode(), b"caf\xc3\xff")
    bodies, notices = read(tmp_path / "a.zip", content)
    assert (bodies, notices) == ([NOTE.decode(), "Shippers wait.", "The mayor resigned."], [])
    path = tmp_path / "a.zip"
    origins = [item.origin.rpartition("!")[2] for item in SourceFile(path, "a").items()]
    assert origins == ["caf├\N{NO-BREAK SPACE}.txt", "b.txt", "Šibenik.txt"]


def test_a_damaged_member_costs_no_other(tmp_path: Path) -> None:
    content = zipped({"a.txt": NOTE, "b.txt": b"Shippers wait.", "c.txt": NOTE}, zipfile.ZIP_STORED)
    bodies, (notice,) = read(tmp_path / "a.zip", content.replace(b"Shippers", b"Shopping"))
    assert bodies == [NOTE.decode()] * 2
    assert notice.origin.endswith("a.zip!b.txt")
    assert notice.reason == "is damaged: Bad CRC-32 for file 'b.txt'"


@pytest.mark.parametrize(
    "name", ["__MACOSX/a.txt", "._a.txt", "news/.DS_Store", "Thumbs.db", "README.md", "x/.git/config.txt"]
)
def test_what_is_no_news_by_its_name_is_left_out_of_archives_as_of_folders(tmp_path: Path, name: str) -> None:
    members = {name: b"\0\5\x16\7 Mac OS X", "./note.txt": NOTE}
    assert read(tmp_path / "a.zip", zipped(members)) == ([NOTE.decode()], [])
    assert read(tmp_path / "a.tar", tar(*members.items())) == ([NOTE.decode()], [])


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_members_of_formats_that_are_not_read_are_counted(tmp_path: Path, name: str) -> None:
    members = {"a.png": b"\x89PNG", "b.png": b"\x89PNG", "note.txt": NOTE, "LICENCE": b"Free."}
    bodies, (notice,) = read(tmp_path / name, zipped(members) if name == "a.zip" else tar(*members.items()))
    assert bodies == [NOTE.decode()]
    assert notice == left_out(str(tmp_path / name), "3 files not read: 2 .png, 1 without an ending")


def test_a_full_temporary_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            """Fail once more, as a file does whose buffer still waits to be written."""
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(temporary.tempfile, "SpooledTemporaryFile", lambda max_size: Full())  # type: ignore[attr-defined]
    _, (notice,) = read(tmp_path / "a.zip.gz", gzip.compress(zipped({"note.txt": NOTE})))
    assert notice.reason == (
        f"cannot be unpacked: no space left in the temporary folder {tempfile.gettempdir()}; set TMPDIR to another"
    )


def test_an_archive_whose_places_lie_before_its_beginning_is_a_notice(tmp_path: Path) -> None:
    content = bytearray(zipped({"note.txt": NOTE}))
    struct.pack_into("<I", content, content.index(b"PK\x05\x06") + 16, 2**31)
    bodies, notices = read(tmp_path / "a.zip", bytes(content))
    assert bodies == []
    assert [notice.kind for notice in notices] == ["skipped"]
