"""A small whole file of each format that is read, and of some of its forms."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
from backports import zstd
from small_documents import column, docx, mail, odt, paragraph, pdf, wiki, wiki_page, xlsx

RECORDS = [
    {"id": "a", "title": "Ferry", "text": "The ferry ran aground.\n\nAll were saved.", "published": "2025-05-27"},
    {"id": "b", "headline": "Rates", "body": "The bank raised rates.", "lang": "tr", "link": "https://bote.example/b"},
]
LINES = b"".join(json.dumps(record).encode() + b"\n" for record in RECORDS)
PAGE = b'<html lang="en"><head><title>Ferry</title></head><body><article>%s</article></body>' % (
    b"<p>The ferry ran aground on a reef off the coast at dawn on Thursday, the coast guard said in a statement.</p>"
    * 3
)
ENTRY = b"<entry><title>Ferry</title><content>The ferry ran aground.</content></entry>"
ITEM = b"<item><title>Ferry</title><link>https://b.example/1</link><description>The ferry ran.</description></item>"
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE
RECORD = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://bote.example/a\r\n"
    b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (len(HTTP), HTTP)
)


def _table(write: Callable[[pa.Table, io.BytesIO], None]) -> bytes:
    sink = io.BytesIO()
    write(pa.Table.from_pylist([{"title": "Ferry", "text": "The ferry ran aground."}] * 3), sink)
    return sink.getvalue()


def _zip() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("news.jsonl", LINES)
        archive.writestr("page.html", PAGE)
    return sink.getvalue()


def _tar() -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        info = tarfile.TarInfo("news.jsonl")
        info.size = len(LINES)
        archive.addfile(info, io.BytesIO(LINES))
    return sink.getvalue()


WHOLE = {
    ".txt": b"Ferry\n\nThe ferry ran aground.\n",
    ".md": b"# Ferry\n\nThe ferry *ran* [aground](https://bote.example).\n",
    ".html": PAGE,
    ".jsonl": LINES,
    ".json": json.dumps({"articles": RECORDS}).encode(),
    ".wide.json": json.dumps({"response": {"docs": RECORDS}}).encode("utf-16"),
    ".columns.json": json.dumps(
        {name: {"0": name, "1": name * 9} for name in ("id", "title", "text", "date")}
    ).encode(),
    ".split.json": json.dumps({"columns": ["id", "text"], "data": [["1", "The ferry."], ["2", "The toll."]]}).encode(),
    ".dump.json": LINES.replace(b'{"id"', b'{"_source": {"id"').replace(b"}\n", b"}}\n"),
    ".many.json": b"".join(json.dumps(record, indent=1).encode() for record in RECORDS),
    ".parts.json": json.dumps(
        [
            {
                "_id": {"$oid": "5f"},
                "title": {"rendered": "<b>Ferry</b>"},
                "date": {"$date": {"$numberLong": "1748332800000"}},
                "body": {
                    "summary": ["Aground."],
                    "sections": [{"headline": ["Now"], "paragraphs": ["<p>It is late.</p>"]}],
                },
                "source": {"uri": "bote.example"},
            }
        ]
    ).encode(),
    ".rich.json": json.dumps(
        {
            "edges": [
                {
                    "node": {
                        "content": {
                            "type": "doc",
                            "content": [{"type": "p", "content": [{"type": "text", "text": "A."}]}],
                        }
                    }
                }
            ]
        }
    ).encode(),
    ".csv": b'id,title,text\n1,Ferry,"The ferry, ran aground"\n2,Rates,The bank raised rates\n',
    ".sep.csv": 'sep=;\n"a\nb";Text\n1;"The ferry\n\nran aground"\n2;"The toll\n3;The \u2028 pilots;x\n'.encode(
        "utf-16"
    ),
    ".tsv": b"title\ttext\nFerry\tThe ferry ran aground\n",
    ".rss": b'<?xml version="1.0"?><rss version="2.0"><channel><title>Bote</title>' + ITEM + b"</channel></rss>",
    ".atom": b'<feed xmlns="http://www.w3.org/2005/Atom">%s</feed>' % ENTRY,
    ".warc": RECORD * 2,
    ".parquet": _table(pa.parquet.write_table),
    ".arrow": _table(pa.feather.write_feather),
    ".zip": _zip(),
    ".pdf": pdf([column("The ferry ran aground on a reef off the coast at dawn on Thursday.", 60, 700, 40)] * 2),
    ".docx": docx(paragraph("Ferry") + paragraph("The ferry ran aground.")),
    ".odt": odt("<text:p>The ferry ran aground.</text:p>"),
    ".rtf": rb"{\rtf1\ansi\ansicpg1251 Ferry\par The ferry ran aground. \'cf\u1089?\par}",
    ".xlsx": xlsx([["title", "text"], ["Ferry", "The ferry ran aground."]]),
    ".eml": mail("Ferry", "The ferry ran aground.", kind="text/html"),
    ".mbox": b"From x@y Tue May 27 08:00:00 2025\n" + mail("Ferry", "The ferry ran aground.") + b"\n\n",
    ".xml": wiki(wiki_page("Ferry", "{{date|May 27, 2025}} The [[ferry]] ran ''aground''.<ref>x</ref>")),
    ".tar": _tar(),
    ".jsonl.gz": gzip.compress(LINES),
    ".jsonl.bz2": bz2.compress(LINES),
    ".jsonl.xz": lzma.compress(LINES),
    ".jsonl.zst": zstd.compress(LINES),
    ".warc.gz": gzip.compress(RECORD) * 2,
}
"""By the ending of its name."""
