"""Documents of every format that hold one hostile text: in each place where a stranger can put one."""

import gzip
import html
import io
import json
import re
import tarfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
from small_documents import column, docx, mail, odt, paragraph, pdf, wiki, wiki_page, xlsx, zipped

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources.document import Document, buffered, fixed_size
from indexer.sources.formats import read_document

TEXT = "The night ferry to Ostrand ran aground on a sandbank at dawn, and all ninety passengers were brought ashore."
Make = Callable[[str], bytes]
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_bytes(name: str, content: bytes) -> list[Article | Notice]:
    """Return what is read of a document in this process."""
    stream = buffered(io.BytesIO(content))
    return list(read_document(Document(name, name, stream, fixed_size(len(content)), "news")))


def coded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def escaped(text: str) -> str:
    """Return a text as XML holds it."""
    return html.escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))


def _page(head: str = "", body: str = "") -> bytes:
    story = f"<article><p>{TEXT}</p><p>{TEXT}</p></article>"
    return coded(f'<html lang="en"><head><title>Ferry</title>{head}</head><body>{body}{story}</body></html>')


def _ld(text: str, name: str = "articleBody") -> bytes:
    fields = {"@type": "NewsArticle", "headline": "Ferry aground", "description": TEXT, name: text}
    return _page(f'<script type="application/ld+json">{json.dumps(fields)}</script>')


def _rss(item: str, head: str = "") -> bytes:
    link = "<link>https://bote.example/1</link>"
    start = '<?xml version="1.0"?><rss version="2.0"><channel><title>Bote</title>'
    return coded(f"{start}{head}<item><title>Ferry</title>{link}{item}</item></channel></rss>")


def _atom(entry: str) -> bytes:
    return coded(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Bote</title><entry>{entry}</entry></feed>')


def _sitemap(inner: str) -> bytes:
    return coded(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>{inner}</url></urlset>')


def _record(**fields: object) -> bytes:
    return json.dumps({"title": "Ferry aground", "text": TEXT} | fields).encode()


def _table(write: Callable[[pa.Table, io.BytesIO], None], text: str) -> bytes:
    sink = io.BytesIO()
    whole = text.encode("utf-8", "replace").decode()
    write(pa.Table.from_pylist([{"title": "Ferry", "text": TEXT}, {"title": whole, "text": whole}]), sink)
    return sink.getvalue()


def _sheets(text: str) -> bytes:
    cells = [escaped(part) for part in re.findall(r"(?s).{1,30000}", text)]
    return xlsx([["title", "text"], ["Ferry", TEXT], *(["Ferry", cell] for cell in cells)])


def _pdf(text: str) -> bytes:
    lines = re.sub(r"[()\\\s]", " ", text.encode("cp1252", "replace").decode("cp1252"))
    return pdf(
        [column(TEXT, 60, 700, 40), [(10, 60, 700 - 12 * n, lines[n * 400 :][:400]) for n in range(len(lines) // 400)]]
    )


def _warc(page: bytes, headers: str = "", http: str = "") -> bytes:
    answer = coded(f"HTTP/1.1 200 OK\r\n{http}Content-Type: text/html\r\n\r\n") + page
    return coded(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://bote.example/a\r\n" + headers
    ) + b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (
        len(answer),
        answer,
    )


def _zip_named(name: str) -> bytes:
    return zipped({name[:20_000].encode(errors="replace").decode().replace("\0", "") + ".txt": TEXT.encode()})


def _zip_of(name: str, content: bytes) -> bytes:
    return zipped({name: content})


def _tar_named(name: str, kind: int = tarfile.PAX_FORMAT) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=kind, errors="surrogateescape") as archive:
        info = tarfile.TarInfo(name.encode(errors="replace").decode().replace("\0", "") + ".txt")
        info.size = len(TEXT)
        archive.addfile(info, io.BytesIO(TEXT.encode()))
    return sink.getvalue()


def _docx_of(inner: str) -> bytes:
    return docx(paragraph("Ferry", "Title") + inner + paragraph(TEXT))


PLACES: dict[str, tuple[str, Make]] = {
    "txt: all of it": (".txt", coded),
    "txt: below a headline": (".txt", lambda text: coded(f"Ferry aground\n\n{TEXT}\n\n{text}")),
    "txt: in Latin-1": (".txt", lambda text: f"Fähre {TEXT} {text}".encode("cp1252", "replace")),
    "md: all of it": (".md", coded),
    "md: in a paragraph": (".markdown", lambda text: coded(f"# Ferry\n\n{TEXT} {text}")),
    "md: YAML": (".md", lambda text: coded(f"---\ntitle: {text[:30_000]}\n---\n{TEXT}")),
    "md: YAML, all of it": (".md", lambda text: coded(f"---\n{text[:30_000]}\n---\n{TEXT}")),
    "md: TOML": (".md", lambda text: coded(f"+++\n{text[:30_000]}\n+++\n{TEXT}")),
    "md: JSON": (".md", lambda text: coded(json.dumps({"title": text[:5000]}) + f"\n{TEXT}")),
    "html: all of it": (".html", lambda text: coded(f"<html>{text}")),
    "html: in a paragraph": (".htm", lambda text: _page(body=f"<p>{TEXT} {text}</p>")),
    "html: in the head": (".html", _page),
    "html: title": (".html", lambda text: _page(f"<meta property=og:title content='{text}'>", f"<h1>{text}</h1>")),
    "html: title element": (".xhtml", lambda text: coded(f"<html><title>{text}</title><p>{TEXT}</p><p>{TEXT}</p>")),
    "html: description": (".html", lambda text: _page(f'<meta name="description" content="{html.escape(text)}">')),
    "html: attributes": (".html", lambda text: _page(body=f'<p class="{html.escape(text)}">{TEXT}</p>')),
    "html: times": (
        ".html",
        lambda text: _page(body=f'<time datetime="{html.escape(text)}">{html.escape(text)}</time>'),
    ),
    "html: addresses": (
        ".html",
        lambda text: _page(f'<link rel="canonical" href="https://a.example/{html.escape(text)}">'),
    ),
    "html: encoding": (".html", lambda text: f"<html><p>é {TEXT} {text}".encode("latin-1", "replace")),
    "html: microdata": (".html", lambda text: coded(f'<html><div itemprop="articleBody"><p>{text}</p></div>')),
    "html: a script": (".html", lambda text: _page(f"<script>{text}</script>")),
    "html: JSON in a script": (
        ".html",
        lambda text: coded(f"<html><script>{json.dumps({'a': '<p>' * 3 + text})}</script>"),
    ),
    "html: JSON-LD": (".html", lambda text: _page(f'<script type="application/ld+json">{text}</script>')),
    "html: JSON-LD text": (".html", _ld),
    "html: JSON-LD headline": (".html", lambda text: _ld(text, "headline")),
    "html: JSON-LD date": (".html", lambda text: _ld(text, "datePublished")),
    "html: JSON-LD publisher": (".html", lambda text: _ld(text, "publisher")),
    "rss: before it": (".rss", lambda text: coded(f'<?xml version="1.0"?>{text}') + _rss("")[21:]),
    "rss: in its DOCTYPE": (
        ".rss",
        lambda text: coded(f'<?xml version="1.0"?><!DOCTYPE rss [{text}]>') + _rss("")[21:],
    ),
    "rss: in the channel": (".rss", lambda text: _rss(f"<description>{TEXT}</description>", text)),
    "rss: in an item": (".rss", _rss),
    "rss: title": (".rss", lambda text: _rss(f"<title>{escaped(text)}</title><description>{TEXT}</description>")),
    "rss: description": (".rss", lambda text: _rss(f"<description>{escaped(f'<p>{TEXT}</p>{text}')}</description>")),
    "rss: CDATA": (".rss", lambda text: _rss(f"<description><![CDATA[<p>{TEXT}</p>{text}]]></description>")),
    "rss: fields": (
        ".rss",
        lambda text: _rss(
            "".join(
                f"<{each}>{escaped(text)}</{each}>"
                for each in ("link", "guid", "pubDate", "author", "category", "source")
            )
            + f"<description>{TEXT}</description>"
        ),
    ),
    "atom: content": (
        ".atom",
        lambda text: _atom(f'<title>Ferry</title><content type="html">{escaped(text)}</content>'),
    ),
    "atom: XHTML": (".atom", lambda text: _atom(f'<content type="xhtml"><div>{text}</div></content>')),
    "atom: fields": (
        ".atom",
        lambda text: _atom(
            "".join(f"<{each}>{escaped(text)}</{each}>" for each in ("id", "updated", "published", "rights", "summary"))
            + f'<link href="{escaped(text)}"/>'
        ),
    ),
    "json feed": (
        ".json",
        lambda text: json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": text,
                "items": [{"id": text, "url": text, "title": text, "content_html": f"<p>{TEXT}</p>{text}"}],
            }
        ).encode(),
    ),
    "xml: all of it": (".xml", lambda text: coded(f"<?xml version='1.0'?>{text}")),
    "xml: sitemap": (".xml", lambda text: _sitemap(f"<loc>{escaped(text)}</loc><lastmod>{escaped(text)}</lastmod>")),
    "xml: in a sitemap": (".xml", _sitemap),
    "xml: wiki": (".xml", lambda text: wiki(wiki_page("Ferry", _NOT_XML.sub("", f"{TEXT}\n\n{text}")))),
    "xml: wiki, title": (".xml", lambda text: wiki(wiki_page(escaped(text), TEXT))),
    "xml: in a wiki": (
        ".xml",
        lambda text: wiki(wiki_page("Ferry", TEXT)).replace(b"<page>", coded(f"<page>{text}"), 1),
    ),
    "jsonl: all of it": (".jsonl", coded),
    "jsonl: text": (".ndjson", lambda text: _record(text=text)),
    "jsonl: title": (".jl", lambda text: _record(title=text)),
    "jsonl: HTML": (".jsonl", lambda text: _record(text=f"<p>{TEXT}</p>{text}")),
    "jsonl: a page": (".jsonl", lambda text: _record(text=f"<html><p>{TEXT}</p>{text}")),
    "jsonl: fields": (
        ".jsonl",
        lambda text: _record(**dict.fromkeys(("id", "published", "updated", "language", "source", "url"), text)),
    ),
    "jsonl: a name": (".jsonl", lambda text: _record(**{text: TEXT})),
    "jsonl: many members": (
        ".jsonl",
        lambda text: _record(**{f"{n}{each}": "x" for n, each in enumerate(text[:4000])}),
    ),
    "jsonl: parts of the text": (
        ".jsonl",
        lambda text: _record(text=[{"type": "p", "text": each} for each in text[:4000]]),
    ),
    "jsonl: in a line": (".jsonl", lambda text: coded('{"text": "' + text.replace("\n", " ") + '"}')),
    "json: all of it": (".json", coded),
    "json: in a list": (".json", lambda text: coded("[" + text)),
    "json: in an object": (".json", lambda text: coded('{"text": ' + text)),
    "json: in a string": (".json", lambda text: coded('[{"text": "' + text)),
    "json: behind a record": (".json", lambda text: _record() + coded(text)),
    "csv: all of it": (".csv", coded),
    "csv: in a cell": (".csv", lambda text: coded('title,text\nFerry,"' + text.replace('"', '""') + '"\n')),
    "csv: below the names": (".csv", lambda text: coded(f"title,text\nFerry,{text}\n")),
    "csv: in an open cell": (".csv", lambda text: coded(f'title,text\nFerry,"{text}')),
    "csv: names": (".csv", lambda text: coded(f"title,text,{text}\nFerry,{TEXT},x\n")),
    "csv: with a separator": (".csv", lambda text: coded(f"sep=;\ntitle;text\nFerry;{text}\n")),
    "tsv: below the names": (".tsv", lambda text: coded(f"title\ttext\nFerry\t{text}\n")),
    "psv: below the names": (".psv", lambda text: coded(f"title|text\nFerry|{text}\n")),
    "tab: below the names": (".tab", lambda text: coded(f"title\ttext\nFerry\t{text}\n")),
    "parquet": (".parquet", lambda text: _table(pyarrow.parquet.write_table, text)),
    "arrow": (".arrow", lambda text: _table(pyarrow.feather.write_feather, text)),
    "feather": (".feather", lambda text: _table(pyarrow.feather.write_feather, text)),
    "pdf": (".pdf", _pdf),
    "docx: in a paragraph": (".docx", lambda text: _docx_of(paragraph(escaped(text)))),
    "docx: in the body": (".docx", _docx_of),
    "docm": (".docm", lambda text: _docx_of(paragraph(escaped(text), escaped(text)))),
    "dotx": (".dotx", lambda text: docx(paragraph(TEXT), core=escaped(text))),
    "odt: in a paragraph": (".odt", lambda text: odt(f"<text:p>{escaped(text)}</text:p><text:p>{TEXT}</text:p>")),
    "odt: in the body": (".odt", lambda text: odt(f"{text}<text:p>{TEXT}</text:p>")),
    "odt: title": (".odt", lambda text: odt(f"<text:p>{TEXT}</text:p>", escaped(text))),
    "rtf": (".rtf", lambda text: coded(rf"{{\rtf1\ansi {TEXT}\par {text} }}")),
    "rtf: words": (".rtf", lambda text: coded(rf"{{\rtf1\ansi {TEXT}\par " + re.sub(r"[{}\\]", "", text) + "}")),
    "xlsx": (".xlsx", _sheets),
    "xlsm": (".xlsm", lambda text: xlsx([["title", "text"], [escaped(text)[:30_000], TEXT]])),
    "eml: headers": (".eml", lambda text: mail("Ferry", TEXT, extra=text)),
    "eml: subject": (".eml", lambda text: mail(text, TEXT)),
    "eml: many headers": (
        ".eml",
        lambda text: mail(
            "Ferry", TEXT, extra="".join(f"{each}: {text}\r\n" for each in ("List-ID", "Archived-At", "Received"))
        ),
    ),
    "eml: kind": (".eml", lambda text: mail("Ferry", TEXT, kind=f"text/plain; {text}")),
    "eml: boundary": (
        ".eml",
        lambda text: mail("Ferry", f"--{text}\r\n\r\n{TEXT}", kind=f'multipart/mixed; boundary="{text[:60]}"'),
    ),
    "eml: text": (".eml", lambda text: coded(mail("Ferry", TEXT).decode() + text)),
    "eml: flowed": (
        ".eml",
        lambda text: mail(
            "Ferry", f"{TEXT} {text}".encode(errors="replace").decode(), kind="text/plain; format=flowed; delsp=yes"
        ),
    ),
    "eml: HTML": (
        ".emlx",
        lambda text: mail("Ferry", f"<p>{TEXT}</p>{text}".encode(errors="replace").decode(), kind="text/html"),
    ),
    "eml: parts": (
        ".eml",
        lambda text: mail(
            "Ferry",
            f"--a\r\n\r\n{TEXT}\r\n--a\r\n{text}\r\n--a--".encode(errors="replace").decode(),
            kind='multipart/mixed; boundary="a"',
        ),
    ),
    "eml: coded": (
        ".eml",
        lambda text: mail(
            "Ferry", text.encode(errors="replace").decode(), extra="Content-Transfer-Encoding: quoted-printable\r\n"
        ),
    ),
    "mbox": (".mbox", lambda text: b"From x@y Tue May 27 08:00:00 2025\n" + mail("Ferry", TEXT) + b"\n" + coded(text)),
    "mbox: lines": (
        ".mbox",
        lambda text: b"From x@y Tue May 27 08:00:00 2025\n" + mail("Ferry", TEXT) + coded(f"\n\nFrom {text}"),
    ),
    "warc: headers": (".warc", lambda text: _warc(_page(), headers=text)),
    "warc: headers without length": (".warc", lambda text: coded("WARC/1.0\r\n" + text)),
    "warc: headers of HTTP": (".warc", lambda text: _warc(_page(), http=text)),
    "warc: a header of HTTP": (".warc", lambda text: _warc(_page(), http=f"Content-Encoding: {text}\r\n")),
    "warc: chunks": (".warc", lambda text: _warc(coded(text), http="Transfer-Encoding: chunked\r\n")),
    "warc: all of it": (".warc", coded),
    "warc.gz": (".warc.gz", lambda text: gzip.compress(_warc(_page(body=text)))),
    "zip: a name": (".zip", _zip_named),
    "zip: a text": (".zip", lambda text: _zip_of("news.txt", coded(text))),
    "tar: a name": (".tar", _tar_named),
    "tar: a name of GNU": (".tar", lambda text: _tar_named(text, tarfile.GNU_FORMAT)),
    "tar: all of it": (".tar", coded),
    "gz": (".txt.gz", lambda text: gzip.compress(coded(text))),
    "no ending": ("", coded),
}
"""Where a text stands: the ending of the document, and how it is made."""
