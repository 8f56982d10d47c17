"""One build over a folder of every format and of everything that can be wrong with a file: it ends, and says it all."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from backports import zstd

from indexer.generations import store
from indexer.generations.layout import REPORT

PARAGRAPH = "The ferry {0} ran aground on a reef off the coast of Veldhaven at dawn on Thursday, the coast guard said."
EMPTY = 2_000


def story(name: str) -> dict[str, str]:
    return {"id": name, "title": f"Ferry {name}", "text": PARAGRAPH.format(name), "language": "en"}


def line(name: str, **more: str) -> bytes:
    return orjson.dumps(story(name) | more) + b"\n"


def page(name: str) -> bytes:
    more = "<p>All passengers on board were taken ashore by fishing boats before noon, said the harbour master.</p>"
    return (
        f'<html lang="en"><head><title>Ferry {name}</title></head><body><article><h1>Ferry {name}</h1>'
        f"<p>{PARAGRAPH.format(name)}</p>{more}</article></body></html>"
    ).encode()


def rss(name: str) -> bytes:
    item = f"<item><title>Ferry {name}</title><description>{PARAGRAPH.format(name)}</description></item>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Bote</title>{item}</channel></rss>'.encode()


def atom(name: str) -> bytes:
    entry = f"<entry><id>{name}</id><title>Ferry {name}</title><content>{PARAGRAPH.format(name)}</content></entry>"
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>B</title>{entry}</feed>'.encode()


def warc(*names: str) -> bytes:
    records = b""
    for name in names:
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page(name)
        records += (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://bote.example/{name}\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        ).encode()
        records += http + b"\r\n\r\n"
    return records


def packed(write: Callable[[Path], None], path: Path) -> bytes:
    write(path)
    content = path.read_bytes()
    path.unlink()
    return content


def zipped(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return sink.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return sink.getvalue()


def good_files(folder: Path) -> dict[str, bytes]:
    def table(name: str) -> pa.Table:
        return pa.Table.from_pylist([story(name)])

    parquet = packed(lambda path: pa.parquet.write_table(table("parquet"), path), folder / "x")
    arrow = packed(lambda path: pa.feather.write_feather(table("arrow"), str(path), compression="zstd"), folder / "y")
    return {
        "text.txt": PARAGRAPH.format("text").encode(),
        "notes.md": f"# Ferry\n\n{PARAGRAPH.format('md')}".encode(),
        "lines.jsonl": line("jsonl"),
        "lines.ndjson.gz": gzip.compress(line("ndjson")),
        "list.json.bz2": bz2.compress(json.dumps([story("json")]).encode()),
        "table.csv.xz": lzma.compress(f"headline,body\nFerry,{PARAGRAPH.format('csv').replace(',', '')}\n".encode()),
        "table.tsv.zst": zstd.compress(f"headline\tbody\nFerry\t{PARAGRAPH.format('tsv')}\n".encode()),
        "table.parquet": parquet,
        "table.arrow": arrow,
        "page.html": page("html"),
        "feed.rss": rss("rss"),
        "feed.xml": atom("atom"),
        "crawl.warc.gz": gzip.compress(warc("warc")),
        "archive.zip": zipped({"2025/lines.jsonl": line("zip")}),
        "archive.tar.gz": tarred({"2025/lines.jsonl": line("tar")}),
        "utf16.txt": PARAGRAPH.format("utf16").encode("utf-16"),
        "control.jsonl": line("con\x00trol\x1b[31m", title="Ferry\r\n\x07control"),
        "arabic-digits.jsonl": line("digits", published="٢٠٢٥-٠٥-٠١"),
    }


BAD: dict[str, tuple[bytes, str]] = {
    "bomb.jsonl.gz": (gzip.compress(b'{"text": "' + bytes(2 * 10**8)), "unpacks to more than 200 times its size"),
    "bomb.zip": (zipped({"bomb.txt": bytes(2 * 10**8)}), "is larger than 16 MiB"),
    "up.tar.gz": (tarred({"../up.txt": b"Up.", "/root.txt": b"Root."}), "leads out of the archive"),
    "laughs.rss": (
        b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b"<rss><channel><item><title>&b;</title><description>&x;</description></item></channel></rss>",
        "",
    ),
    "long.html": (b"<p>" + b"x" * 50_000_000, "is larger than 19 MiB"),
    "deep.html": (b"<div>" * 100_000, ""),
    "deep.json": (b'{"text": ' + b"[" * 100_000, ""),
    "half.parquet": (b"PAR1" + b"\x15\x04" * 100, "is damaged"),
    "broken.warc": (warc("first") + b"WARC/1.0\r\nnonsense\x00\xff\r\n\r\nmore nonsense\r\n" + warc("last"), ""),
    "nothing.jsonl": (b'{"title": "no text"}\n', "it has no text"),
    "binary.txt": (bytes(range(256)) * 20, ""),
    "hijri.jsonl": (line("hijri", published="1446-11-03"), "kept without a date"),
    "future.jsonl": (line("future", published="2190-01-01"), "kept without a date"),
    "wrong.html": (page("wrong").replace(b"<head>", b'<head><meta charset="utf-16">'), ""),
}
"""What is wrong, and what is said of it; nothing where it is still read, or said in other words on other systems."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    (folder / "empty").mkdir(parents=True)
    for name, content in good_files(tmp_path).items():
        (folder / name).write_bytes(content)
    for name, (content, _) in BAD.items():
        (folder / name).write_bytes(content)
    for number in range(EMPTY):
        (folder / "empty" / f"{number}.txt").touch()
    with (folder / "endless.jsonl").open("wb") as file:
        file.write(b'{"text": "')
        file.truncate(2**29)
    (folder / "loop").symlink_to(folder)
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    return folder


def test_a_folder_of_everything_is_built_and_every_trouble_named(
    folder: Path, in_child: Callable[..., Any], tmp_path: Path
) -> None:
    done = in_child(folder, tmp_path / "index")
    assert done.returncode == 0, done.stdout + done.stderr
    generation = store.open_current(tmp_path / "index")
    report = orjson.loads((generation.folder / REPORT).read_bytes())
    bodies = " ".join(generation.tables.article_column("body").tolist())
    for name in ("text", "md", "jsonl", "ndjson", "json", "csv", "tsv", "parquet", "arrow", "html", "rss", "atom"):
        assert f"ferry {name} ran" in bodies, name
    for name in ("warc", "zip", "tar", "utf16", "digits", "hijri", "future", "first", "last", "wrong"):
        assert f"ferry {name} ran" in bodies, name
    assert "root:" not in bodies
    dates = dict(
        zip(generation.tables.article_column("id"), generation.tables.article_column("published"), strict=True)
    )
    assert (dates["digits"], dates["hijri"], dates["future"]) == ("2025-05-01", None, None)
    assert not any(ord(character) < 32 for name in dates for character in name)
    said = [*report["skipped"], *report["flagged"]]
    for name, (_, reason) in BAD.items():
        assert not reason or any(name in each["origin"] and reason in each["reason"] for each in said), name
    assert any("endless.jsonl" in each["origin"] for each in said)
    assert sum("/empty/" in each["origin"] for each in said) == EMPTY
    assert report["peak_memory"] < 0.9 * 10**9  # the endless line alone would take as much on top
