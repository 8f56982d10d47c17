"""WARC: pages become articles, and a damaged record costs no other."""

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from backports import zstd

from indexer.article import Article
from indexer.generations import store
from indexer.generations.report import BuildReport
from indexer.notice import Notice
from indexer.sources.files import SourceFile

PAGE = """<!doctype html><html lang="en"><head><title>Ferry {number}</title></head><body>
<nav>Home News Sport</nav><article>
<h1>Ferry {number} runs aground off the coast</h1>
<p>The ferry {number} ran aground on a reef off the coast of Veldhaven at dawn on Thursday, the coast guard said.</p>
<p>All of the four hundred and fifty passengers on board were taken ashore by fishing boats before noon that day.</p>
<p>The captain told the inquiry that the fog had come up within minutes and that the radar had not shown the reef.</p>
</article></body></html>"""


def record(
    number: int,
    kind: str = "response",
    status: str = "200 OK",
    content_type: str = "text/html",
    pack: Callable[[bytes], bytes] = bytes,
    headers: str = "",
) -> bytes:
    page = pack(PAGE.format(number=number).encode())
    length = f"Content-Length: {len(page)}\r\n"
    http = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n{headers}{length}\r\n".encode() + page
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://gazette.example/{number}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def read(path: Path, content: bytes) -> tuple[list[str], list[tuple[str, str]]]:
    path.write_bytes(content)
    items = list(SourceFile(path, "news").items())
    notices = [(each.origin.removeprefix(str(path)), each.reason) for each in items if isinstance(each, Notice)]
    return [each.url.rpartition("/")[2] for each in items if isinstance(each, Article)], notices


def as_gzip(*records: bytes) -> bytes:
    return b"".join(map(gzip.compress, records))


@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz", "crawl"])
def test_pages_become_articles(tmp_path: Path, name: str) -> None:
    records = [record(number) for number in range(5)]
    content = as_gzip(*records) if name.endswith(".gz") else b"".join(records)
    assert read(tmp_path / name, content) == (["0", "1", "2", "3", "4"], [])


def test_of_two_captures_of_a_page_the_later_is_kept_wherever_it_is_read(
    build: Callable[..., BuildReport], tmp_path: Path
) -> None:
    def captured(when: str, rescued: str) -> bytes:
        dated = f"WARC-Type: response\r\nWARC-Date: {when}".encode()
        page = record(1).replace(b"WARC-Type: response", dated)
        return page.replace(b"four hundred and fifty", rescued.encode())  # of the same length

    first = captured("2025-05-27T08:00:00Z", "four hundred and forty")
    later = captured("2025-05-28T08:00:00Z", "four hundred and fifty")
    for name, content in (("a", first + later), ("b", later + first)):
        path = tmp_path / f"{name}.warc"
        path.write_bytes(content)
        report = build(path)
        assert (report.articles, report.versions) == (1, 1)
        (body,) = store.open_current(tmp_path / "index").tables.article_column("body")
        assert "four hundred and fifty passengers" in body


def test_what_is_no_page_is_passed_over(tmp_path: Path) -> None:
    records = [
        record(0, kind="request"),
        record(1, status="404 Not Found"),
        record(2, content_type="image/png"),
        record(3, content_type="application/xhtml+xml; charset=utf-8"),
    ]
    assert read(tmp_path / "a.warc", b"".join(records)) == (["3"], [])


def test_a_damaged_record_in_the_middle_costs_no_other(tmp_path: Path) -> None:
    records = [record(number) for number in range(4)]
    records[2] = records[2].replace(b"WARC/1.0", b"XXXX/1.0")
    assert read(tmp_path / "a.warc", b"".join(records)) == (["0", "1", "3"], [(":3", "the record is damaged")])
    records[2] = record(2).replace(b"Content-Length", b"Content-Lentgh", 1)
    assert read(tmp_path / "a.warc", b"".join(records)) == (["0", "1", "3"], [(":3", "the record is damaged")])


def test_a_damaged_compressed_record_costs_no_other(tmp_path: Path) -> None:
    members = [gzip.compress(record(number)) for number in range(4)]
    members[1] = members[1][:40] + bytes(60) + members[1][100:]
    articles, notices = read(tmp_path / "a.warc.gz", b"".join(members))
    assert articles == ["0", "2", "3"]
    assert notices[-1] == ("", "1 of its compressed parts are damaged")


def test_an_archive_cut_short_is_a_notice(tmp_path: Path) -> None:
    content = record(0) + record(1)
    assert read(tmp_path / "a.warc", content[:-300]) == (["0", "1"], [(":3", "the record is damaged")])


def test_an_archive_of_nothing_is_a_notice(tmp_path: Path) -> None:
    assert read(tmp_path / "a.warc", b"") == ([], [("", "holds no records")])


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (100, body[:100], len(body) - 100, body[100:])


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("br", brotli.compress), ("zstd", zstd.compress), ("gzip", gzip.compress), ("deflate", zlib.compress)],
)
def test_packed_pages_are_unpacked(tmp_path: Path, coding: str, pack: Callable[[bytes], bytes]) -> None:
    headers = f"Content-Encoding: {coding}\r\n"
    in_chunks = headers + "Transfer-Encoding: chunked\r\n"
    records = [
        record(1, pack=pack, headers=headers),
        record(2, pack=lambda body: chunked(pack(body)), headers=in_chunks),
    ]
    assert read(tmp_path / "crawl.warc", b"".join(records)) == (["1", "2"], [])


def test_a_page_that_cannot_be_unpacked_costs_no_other(tmp_path: Path) -> None:
    damaged = record(1, pack=lambda body: b"\xff" + body[:50], headers="Content-Encoding: br\r\n")
    unknown = record(2, pack=lambda body: b"\x1f\x9d" + body[:50], headers="Content-Encoding: compress\r\n")
    articles, notices = read(tmp_path / "crawl.warc", damaged + unknown + record(3))
    assert articles == ["3"]
    assert [(origin, reason[:26]) for origin, reason in notices] == [
        (":1", "the page is damaged: it sa"),
        (":2", "the page is packed with 'c"),
    ]
