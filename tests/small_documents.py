"""Small documents of each format, written byte by byte for the tests."""

import io
import zipfile
import zlib
from collections.abc import Sequence

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
Placed = tuple[float, float, float, str]
"""The size of the letters, the place from the left and from the bottom, and the text of a line."""


def pdf(pages: Sequence[Sequence[Placed]], title: str = "", encrypted: str = "") -> bytes:
    """Return a PDF with lines at given places."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Courier>>"]
    kids = []
    for lines in pages:
        shown = b"".join(
            b"BT /F1 %d Tf 1 0 0 1 %d %d Tm (%s) Tj ET\n" % (size, left, bottom, text.encode("cp1252"))
            for size, left, bottom, text in lines
        )
        packed = zlib.compress(shown)
        objects.append(b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed))
        kids.append(b"%d 0 R" % (len(objects) + 1))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % len(objects)
        )
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    objects.append(b"<</Title(%s)/CreationDate(D:20240102030405Z)>>" % title.encode("cp1252"))
    content, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj%s endobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects)
    trailer = b"trailer<</Size %d/Root 1 0 R/Info %d 0 R%s>>\n" % (count + 1, count, encrypted.encode())
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (count + 1)
    return content + head + table + trailer + b"startxref\n%d\n%%%%EOF" % len(content)


def column(text: str, left: float, top: float, width: int, size: float = 10) -> list[Placed]:
    """Return the lines of a text of one or more paragraphs, each beginning with an indent, below one another."""
    lines: list[Placed] = []
    bottom = top
    for paragraph in text.split("\n\n"):
        line, indent = "", 12.0
        for word in [*paragraph.split(), ""]:
            if word and len(line) + len(word) < width:
                line = f"{line} {word}".strip()
                continue
            lines.append((size, left + indent, bottom, line))
            line, indent, bottom = word, 0.0, bottom - size * 1.2
    return lines


def zipped(parts: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return sink.getvalue()


def paragraph(text: str, style: str = "") -> str:
    mark = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{mark}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def docx(body: str, **parts: str) -> bytes:
    """Return a Word document; further parts are given by their names without ending (``footnotes``, ``core``)."""
    named = {"core": "docProps/core.xml"}
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    members: dict[str, str | bytes] = {"[Content_Types].xml": TYPES, "word/document.xml": document}
    members |= {named.get(name, f"word/{name}.xml"): content for name, content in parts.items()}
    return zipped({name: each if isinstance(each, bytes) else each.encode() for name, each in members.items()})


def odt(body: str, title: str = "") -> bytes:
    text = f"<office:body><office:text>{body}</office:text></office:body>"
    content = f"<office:document-content {OFFICE}>{text}</office:document-content>"
    named = f"<office:meta><dc:title>{title}</dc:title></office:meta>"
    meta = f"<office:document-meta {OFFICE}>{named}</office:document-meta>"
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
        archive.writestr("meta.xml", meta)
    return sink.getvalue()


def xlsx(rows: Sequence[Sequence[str | int]], sheet: str = "News") -> bytes:
    """Return a spreadsheet with one sheet; numbers are cells of numbers, in the format of days."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    cells = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c s="1"><v>{cell}</v></c>' if isinstance(cell, int) else f'<c t="inlineStr"><is><t>{cell}</t></is></c>'
            for cell in row
        )
        + "</row>"
        for number, row in enumerate(rows, start=1)
    )
    return zipped(
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="a" Type="{relations}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>'.encode(),
            "xl/workbook.xml": f'<workbook {main} xmlns:r="{relations}"><sheets>'
            f'<sheet name="{sheet}" sheetId="1" r:id="a"/></sheets></workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="a" '
            f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="b" '
            f'Type="{relations}/styles" Target="styles.xml"/></Relationships>'.encode(),
            "xl/styles.xml": f'<styleSheet {main}><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>'.encode(),
            "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{cells}</sheetData></worksheet>".encode(),
        }
    )


def mail(subject: str, body: str, *, kind: str = "text/plain; charset=utf-8", extra: str = "") -> bytes:
    return (
        f"From: Courier Desk <desk@courier.example>\r\nSubject: {subject}\r\nDate: Tue, 27 May 2025 08:00:00 +0200\r\n"
        f"Message-ID: <{len(body)}@courier.example>\r\n{extra}MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n{body}"
    ).encode()


def wiki(*pages: str, database: str = "enwikinews") -> bytes:
    return (
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" xml:lang="en">'
        f"<siteinfo><sitename>Wikinews</sitename><dbname>{database}</dbname>"
        "<base>https://en.wikinews.org/wiki/Main_Page</base><namespaces>"
        '<namespace key="6">File</namespace><namespace key="14">Category</namespace></namespaces></siteinfo>'
        + "".join(pages)
        + "</mediawiki>"
    ).encode()


def wiki_page(
    title: str, text: str, *, namespace: int = 0, redirect: bool = False, saved: str = "2025-06-01T00:00:00Z"
) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    leads = '<redirect title="X"/>' if redirect else ""
    return (
        f"<page><title>{title}</title><ns>{namespace}</ns><id>7</id>{leads}"
        f"<revision><id>1</id><timestamp>{saved}</timestamp><text>{text}</text></revision></page>"
    )
