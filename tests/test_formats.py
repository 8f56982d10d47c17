"""Every format gives the same articles, packed or not; what is damaged costs only itself, and nothing fills memory."""

import bz2
import csv
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources import limits
from indexer.sources.context import DEFAULT_CONTEXT, ReadingContext
from indexer.sources.fields import FieldNames, parse_fields
from indexer.sources.files import Choice, SourceFile, find_files
from indexer.sources.inputs import StandardInput

ROWS = [
    {"headline": "Ferry aground", "body": "The ferry ran aground on Thursday, “in fog”.", "pubDate": "2025-05-01"},
    {"headline": "渡轮搁浅", "body": "渡轮周四在雾中搁浅，\n乘客全部获救。", "pubDate": "2025-05-02"},
]
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd.compress,
}


def as_csv(delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(ROWS[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode()


def as_parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), sink)
    return sink.getvalue()


def as_arrow(writer: Callable[..., Any]) -> bytes:
    sink = io.BytesIO()
    table = pa.Table.from_pylist(ROWS)
    with writer(sink, table.schema) as file:
        file.write_table(table)
    return sink.getvalue()


FORMATS: dict[str, bytes] = {
    "news.jsonl": b"\n".join(json.dumps(row).encode() for row in ROWS),
    "lines.json": b"\n".join(json.dumps(row).encode() for row in ROWS),
    "list.json": json.dumps(ROWS).encode(),
    "object.json": json.dumps({"status": "ok", "articles": ROWS}).encode(),
    "news.csv": as_csv(),
    "semicolons.csv": as_csv(";"),
    "utf16.csv": as_csv().decode().encode("utf-16"),
    "marked.csv": b"\xef\xbb\xbf" + as_csv(),
    "news.tsv": as_csv("\t"),
    "news.parquet": as_parquet(),
    "news.arrow": as_arrow(pa.ipc.new_file),
    "stream.arrow": as_arrow(pa.ipc.new_stream),
}


def read(path: Path, content: bytes, context: ReadingContext = DEFAULT_CONTEXT) -> tuple[list[Article], list[Notice]]:
    path.write_bytes(content)
    items = list(SourceFile(path, path.stem).items(context))
    return [each for each in items if isinstance(each, Article)], [each for each in items if isinstance(each, Notice)]


def as_rows(articles: list[Article]) -> list[dict[str, str]]:
    return [
        {"headline": each.title, "body": each.body, "pubDate": each.published.iso if each.published else ""}
        for each in articles
    ]


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_packed_in_every_way_gives_the_same_articles(tmp_path: Path, name: str, packer: str) -> None:
    articles, notices = read(tmp_path / (name + packer), PACKERS[packer](FORMATS[name]))
    assert as_rows(articles) == ROWS
    assert notices == []


@pytest.mark.parametrize("name", [name for name in FORMATS if not name.endswith((".csv", ".tsv"))])
def test_formats_are_told_by_content_where_the_name_tells_nothing(tmp_path: Path, name: str) -> None:
    assert as_rows(read(tmp_path / "export-17", FORMATS[name])[0]) == ROWS
    assert [file.article_id for file in find_files([tmp_path]).files] == ["export-17"]


def archive_of(kind: str, members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return sink.getvalue()
    with tarfile.open(fileobj=sink, mode=kind) as tar:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return sink.getvalue()


@pytest.mark.parametrize(
    ("name", "kind"), [("a.zip", "zip"), ("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar.xz", "w:xz")]
)
def test_archives_are_read_to_their_depths(tmp_path: Path, name: str, kind: str) -> None:
    inner = archive_of("zip", {"deep/news.csv": FORMATS["news.csv"]})
    members = {"2025/news.jsonl.gz": gzip.compress(FORMATS["news.jsonl"]), "b/c.zip": inner, "note.txt": b"A note."}
    articles, notices = read(tmp_path / name, archive_of(kind, members))
    assert as_rows(articles[:2]) == as_rows(articles[2:4]) == ROWS
    assert (articles[4].id, articles[4].body) == ("note", "A note.")
    assert articles[2].origin == f"{tmp_path / name}!b/c.zip!deep/news.csv:2"
    assert notices == []


def test_members_that_lead_out_of_an_archive_and_links_are_refused(tmp_path: Path) -> None:
    content = archive_of("w", {"../up.txt": b"Up.", "/etc/root.txt": b"Root.", "good.txt": b"Good news."})
    with tarfile.open(fileobj=io.BytesIO(), mode="w") as empty:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        empty.addfile(link)
        assert empty.fileobj is not None
        linked = empty.fileobj.getvalue()  # type: ignore[attr-defined]
    articles, notices = read(tmp_path / "a.tar", linked[:512] + content)
    assert [each.body for each in articles] == ["Good news."]
    assert [each.origin.partition("!")[2] for each in notices] == ["link.txt", "../up.txt", "/etc/root.txt"]
    assert [each.reason for each in notices] == ["is a link or a device, not a file"] + [
        "has a name that leads out of the archive"
    ] * 2


def test_archives_within_archives_end_somewhere(tmp_path: Path) -> None:
    content = b"A note."
    for _ in range(10):
        content = archive_of("zip", {"a.zip": content})
    articles, (notice,) = read(tmp_path / "a.zip", content)
    assert articles == []
    assert notice.reason == "is packed more than 8 times over"


@pytest.mark.parametrize(
    "name", ["bomb.jsonl.gz", "bomb.csv.xz", "bomb.txt.bz2", "bomb.json.zst", "bomb.zip", "bomb.tgz"]
)
def test_bombs_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(limits, "UNPACKED_FREE", 2**20)
    content = b'{"text": "' + b"0" * 2**23 + b'"}\n'
    if name.endswith((".zip", ".tgz")):
        packed = archive_of("zip" if name.endswith("zip") else "w:gz", {"bomb.jsonl": content})
    else:
        packed = PACKERS[f".{name.rpartition('.')[2]}"](content)
    articles, notices = read(tmp_path / name, packed)
    assert articles == []
    assert {each.reason for each in notices} == {"unpacks to more than 200 times its size: no news does"}


def piped(content: bytes, monkeypatch: pytest.MonkeyPatch) -> list[Article | Notice]:
    """Return what is read of standard input."""
    stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(content)))  # type: ignore[type-var]
    monkeypatch.setattr("sys.stdin", stdin)
    return list(StandardInput().items(DEFAULT_CONTEXT))


@pytest.mark.parametrize("packer", PACKERS)
def test_standard_input_is_read_whatever_it_is_packed_with(packer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNPACKED_FREE", 0)  # what went in is counted from the first byte
    items = piped(PACKERS[packer](FORMATS["news.jsonl"]), monkeypatch)
    assert as_rows([each for each in items if isinstance(each, Article)]) == ROWS
    assert [each.origin for each in items] == ["standard input:1", "standard input:2"]


@pytest.mark.parametrize("packer", [packer for packer in PACKERS if packer])
def test_bombs_in_standard_input_are_stopped_by_what_went_in_so_far(
    monkeypatch: pytest.MonkeyPatch, packer: str
) -> None:
    monkeypatch.setattr(limits, "UNPACKED_FREE", 2**20)
    news = FORMATS["news.jsonl"] + b"\n"
    items = piped(PACKERS[packer](news + b'{"text": "' + b"0" * 2**23 + b'"}\n'), monkeypatch)
    assert as_rows([each for each in items if isinstance(each, Article)]) == ROWS
    assert items[2:] == [skipped("standard input", "unpacks to more than 200 times its size: no news does")]


@pytest.mark.parametrize("packer", [packer for packer in PACKERS if packer])
@pytest.mark.parametrize("name", ["news.jsonl", "news.csv", "list.json"])
def test_packed_file_cut_short_is_a_notice(tmp_path: Path, name: str, packer: str) -> None:
    packed = PACKERS[packer](FORMATS[name] * 50)
    _, notices = read(tmp_path / (name + packer), packed[: len(packed) * 2 // 3])
    assert notices
    assert all(each.kind == "skipped" for each in notices)


@pytest.mark.parametrize("name", [*FORMATS, "a.zip", "a.tar.gz", "news.jsonl.gz", "news.txt.zst"])
def test_whatever_is_damaged_is_a_notice(tmp_path: Path, name: str) -> None:
    whole = FORMATS.get(name) or archive_of("zip", {"news.csv": FORMATS["news.csv"]})
    for share in (0, 0.3, 0.9):
        place = int(len(whole) * share)
        items = list(_written(tmp_path / name, whole[:place] + b"\0\xff\x80garbage" + whole[place + 9 :]).items())
        assert all(isinstance(each, Article | Notice) for each in items)
        list(_written(tmp_path / name, whole[:place]).items())


def _written(path: Path, content: bytes) -> SourceFile:
    path.write_bytes(content)
    return SourceFile(path, path.stem)


def test_parquet_cut_in_half_is_a_notice(tmp_path: Path) -> None:
    articles, (notice,) = read(tmp_path / "news.parquet", FORMATS["news.parquet"][:-200])
    assert articles == []
    assert notice.reason.startswith("is damaged: ")


@pytest.mark.parametrize("name", ["deep.json", "deep.jsonl", "list.json"])
def test_json_nested_without_end_is_a_notice(tmp_path: Path, name: str) -> None:
    depth = 100_000
    start = b"[" if name == "list.json" else b""
    content = start + b'{"text": ' + b"[" * depth + b"]" * depth + b"}"
    articles, notices = read(tmp_path / name, content)
    assert articles == []
    assert {each.kind for each in notices} == {"skipped"}
    assert "nested more than 100 deep" in notices[0].reason


def test_columns_of_other_names_are_taken_when_they_are_named(tmp_path: Path) -> None:
    content = b"Kop,Artikel,Titel\nFerry,The ferry ran aground.,Other\n"
    articles, (notice,) = read(tmp_path / "a.csv", content)
    assert articles == []
    assert notice.reason == "none of its columns is the text: Kop, Artikel, Titel; name it: --field text=COLUMN"
    (article,), _ = read(tmp_path / "a.csv", content, ReadingContext(parse_fields(["text=artikel", "title=Kop"])))
    assert (article.title, article.body) == ("Ferry", "The ferry ran aground.")


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.rss", "a.warc"])
def test_names_that_the_user_gave_apply_only_to_files_that_have_names(tmp_path: Path, name: str) -> None:
    text = "The ferry ran aground on a reef off the coast at dawn on Thursday, the coast guard said in a statement."
    page = f"<html><title>Ferry</title><body><article><p>{text}</p></article></body></html>"
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    warc = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://bote.example/a\r\nContent-Length: "
    content = {
        "a.txt": text,
        "a.html": page,
        "a.rss": f'<rss version="2.0"><channel><item><description>{text}</description></item></channel></rss>',
        "a.warc": f"{warc}{len(head + page)}\r\n\r\n{head}{page}\r\n\r\n",
    }[name]
    (article,), notices = read(tmp_path / name, content.encode(), ReadingContext(parse_fields(["text=Artikel"])))
    assert (article.body, notices) == (text, [])


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({"maintext": "T", "date_publish": "2025", "source_domain": "a", "title": "A"}, "text source published title"),
        ({"text": "", "body": "T", "lang": "en", "link": "u", "guid": "1"}, "text language url id"),
        ({"articleBody": "T", "headline": "H", "datePublished": "2025"}, "text title published"),
        ({"Text": "T", "PUBLISHED_AT": "2025", "publisher": {"name": "P"}}, "text published source"),
    ],
)  # fmt: skip
def test_names_of_common_exports_are_known(record: dict[str, Any], found: str) -> None:
    picked = FieldNames().pick(record).values
    assert set(picked) == set(found.split())
    assert picked["text"] == "T"


def test_patterns_choose_files_below_a_folder(tmp_path: Path) -> None:
    for name in ("2024/a.txt", "2024/b.csv", "2025/a.txt", "drafts/a.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")

    def chosen(include: tuple[str, ...], exclude: tuple[str, ...]) -> list[str]:
        return [str(each.path.relative_to(tmp_path)) for each in find_files([tmp_path], Choice(include, exclude)).files]

    assert chosen(("*.txt",), ()) == ["2024/a.txt", "2025/a.txt", "drafts/a.txt"]
    assert chosen((), ("drafts/*", "*.csv")) == ["2024/a.txt", "2025/a.txt"]
    assert chosen(("2024/*",), ("b.csv",)) == ["2024/a.txt"]


def test_file_that_vanishes_before_it_is_read_is_a_notice(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (file,) = find_files([tmp_path]).files
    (tmp_path / "a.txt").unlink()
    (notice,) = file.items()
    assert isinstance(notice, Notice)
    assert notice.reason == "cannot be read: No such file or directory"


def test_links_that_go_round_are_followed_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.txt").symlink_to("self.txt")
    assert [each.path.name for each in find_files([tmp_path]).files] == ["a.txt"]
