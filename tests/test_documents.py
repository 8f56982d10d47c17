"""Documents that people write and lay out are articles: their text as it is read, and nothing of the page around it."""

import io
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from small_documents import W, column, docx, odt, paragraph, pdf, xlsx, zipped

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources import limits
from indexer.sources.files import SourceFile

HEADLINE = "Ferry runs aground off Ostrand"
LEAD = (
    "The night ferry to Ostrand ran aground on a sandbank at dawn on Tuesday, and all ninety passengers were brought "
    "ashore by fishing boats before the tide turned. Nobody was hurt."
)
SECOND = (
    "The harbour master said that the lights of the buoy had been out since the storm of last week, and that a pilot "
    "had asked for them to be mended twice. An inquiry begins on Monday."
)
THIRD = (
    "Shippers in Vellmar fear that the channel stays closed until the wreck is towed away, which takes ten days at "
    "least. Eleven freighters lie at anchor in the outer bay."
)


def read(path: Path, content: bytes) -> tuple[list[Article], list[str]]:
    path.write_bytes(content)
    items = list(SourceFile(path, path.stem).items())
    return [item for item in items if isinstance(item, Article)], [
        item.reason for item in items if isinstance(item, Notice)
    ]


def two_columns(page: int, first: str, second: str) -> list[tuple[float, float, float, str]]:
    return [
        (9, 60, 810, "The Vellmar Courier, 27 May"),
        *column(first, 60, 700, 38),
        *column(second, 320, 700, 38),
        (9, 290, 30, f"Page {page}"),
    ]


def test_a_pdf_of_several_columns_and_pages_is_one_text_in_paragraphs(tmp_path: Path) -> None:
    first = [(24.0, 60.0, 740.0, HEADLINE), *two_columns(1, f"{LEAD}\n\n{SECOND}", THIRD)]
    (article,), notices = read(tmp_path / "clip.pdf", pdf([first, two_columns(2, SECOND, f"{THIRD}\n\n{LEAD}")]))
    assert article.title == HEADLINE
    assert article.body.split("\n\n") == [LEAD, SECOND, THIRD, SECOND, THIRD, LEAD]
    assert (article.language, article.published, notices) == ("en", None, [])


def test_words_divided_at_the_end_of_a_line_are_mended_in_a_pdf(tmp_path: Path) -> None:
    lines = [
        "Coastguard crews brought 412 passengers safely ash-",
        "ore on Thursday after the twenty-year-old vessel had",
        "lost its rudder; the twenty-",
        "year-old engine was the only one that went on wor-",
        "king through the night.",
    ]
    page = [(10.0, 60.0, 700.0 - 12 * number, line) for number, line in enumerate(lines)]
    (article,), _ = read(tmp_path / "clip.pdf", pdf([page]))
    assert article.body == (
        "Coastguard crews brought 412 passengers safely ashore on Thursday after the twenty-year-old vessel had "
        "lost its rudder; the twenty-year-old engine was the only one that went on working through the night."
    )


def test_the_title_and_the_date_of_a_pdf_are_those_of_the_article(tmp_path: Path) -> None:
    page = [(10.0, 60.0, 720.0, "27 May 2025"), *column(LEAD, 60, 690, 60)]
    (article,), _ = read(tmp_path / "a.pdf", pdf([page], title="Microsoft Word - scan0017.doc"))
    assert (article.title, article.published and article.published.iso) == ("", "2025-05-27")
    assert article.body == LEAD
    (article,), _ = read(tmp_path / "b.pdf", pdf([column(LEAD, 60, 700, 60)], title="Ferry aground near Ostrand"))
    assert (article.title, article.published) == ("Ferry aground near Ostrand", None)


def test_a_pdf_without_a_text_a_locked_and_a_damaged_one_are_named(tmp_path: Path) -> None:
    locked = f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'41' * 32}>/U<{'42' * 32}>>>/ID[<01><01>]"
    for content, reason in (
        (pdf([[], []]), "has no text layer: it is a scan or a picture, which an OCR program can read"),
        (pdf([column(LEAD, 60, 700, 60)], encrypted=locked), "is encrypted: it opens only with a password"),
        (
            b"%PDF-1.4\n1 0 obj<<>>endobj\n",
            "is no PDF, or a damaged one: Failed to load document",
        ),
    ):
        articles, (notice,) = read(tmp_path / "a.pdf", content)
        assert articles == []
        assert notice.startswith(reason)


def test_a_pdf_of_too_many_pages_is_read_as_far_as_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PDF_PAGES", 2)
    (article,), (notice,) = read(tmp_path / "a.pdf", pdf([column(each, 60, 700, 60) for each in (LEAD, SECOND, THIRD)]))
    assert article.body == f"{LEAD}\n\n{SECOND}"
    assert notice == "only its first 2 pages are read, 1 are not"


STYLES = f'<w:styles {W}><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style></w:styles>'


def test_a_word_document_has_its_headings_tables_and_footnotes(tmp_path: Path) -> None:
    cell = "<w:tc>{}</w:tc>"
    table = "<w:tbl><w:tr>" + cell.format(paragraph("Freighters")) + cell.format(paragraph("11")) + "</w:tr></w:tbl>"
    deleted = "<w:del><w:r><w:delText>Gone. </w:delText></w:r></w:del><w:ins><w:r><w:t>New.</w:t></w:r></w:ins>"
    body = (
        paragraph("Courier, page 3")
        + paragraph(HEADLINE, "berschrift1")
        + paragraph("May 27, 2025")
        + paragraph(LEAD)
        + f"<w:p>{deleted}<w:r><w:br/><w:t>Tide</w:t><w:noBreakHyphen/><w:t>bound.</w:t></w:r></w:p>"
        + table
    )
    notes = (
        f'<w:footnotes {W}><w:footnote w:type="separator">{paragraph("---")}</w:footnote>'
        f"<w:footnote>{paragraph('The buoy is number 9.')}</w:footnote></w:footnotes>"
    )
    core = '<p:coreProperties xmlns:p="p" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Template</dc:title></p:coreProperties>'
    (article,), notices = read(tmp_path / "a.docx", docx(body, styles=STYLES, footnotes=notes, core=core))
    assert article.title == HEADLINE
    assert article.body.split("\n\n") == [
        "Courier, page 3", LEAD, "New. Tide-bound.", "Freighters, 11", "The buoy is number 9."
    ]  # fmt: skip
    assert article.published
    assert (article.published.iso, notices) == ("2025-05-27", [])


def test_an_opendocument_text_has_its_headings_tables_and_footnotes(tmp_path: Path) -> None:
    note = "<text:note-citation>1</text:note-citation><text:note-body><text:p>Buoy 9.</text:p></text:note-body>"
    body = (
        "<text:tracked-changes><text:p>Gone.</text:p></text:tracked-changes>"
        f'<text:h text:outline-level="1">{HEADLINE}</text:h>'
        f"<text:p>Nobody<text:s/>was <text:span>hurt</text:span><text:note>{note}</text:note>, he said.</text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>Freighters</text:p></table:table-cell>"
        "<table:table-cell><text:p>11</text:p></table:table-cell></table:table-row></table:table>"
    )
    (article,), notices = read(tmp_path / "a.odt", odt(body))
    assert (article.title, notices) == (HEADLINE, [])
    assert article.body.split("\n\n") == ["Nobody was hurt, he said.", "Buoy 9.", "Freighters, 11"]


def test_rich_text_is_read_in_any_code_page(tmp_path: Path) -> None:
    head = rb"{\rtf1\ansi\ansicpg1251{\info{\title x}}\pard\b Ferry aground\b0\par "
    content = head + rb"\'cf\'e0\'f0\'ee\'ec \u1089?\'e5\'eb.\par}"
    (article,), _ = read(tmp_path / "a.rtf", content)
    assert (article.title, article.body) == ("Ferry aground", "Паром сел.")
    assert read(tmp_path / "b.rtf", b"Ferry")[1] == ["is no Rich Text: it does not begin with {\\rtf"]


def test_rows_of_a_spreadsheet_are_articles(tmp_path: Path) -> None:
    rows = [
        ["Export of 3 June"],
        ["Headline", "Text", "Date", "id"],
        ["Ferry", LEAD, 45804, "a"],
        ["Rates", SECOND, 45805, "b"],
    ]
    articles, notices = read(tmp_path / "a.xlsx", xlsx(rows))
    assert [(each.title, each.body, each.published and each.published.iso) for each in articles] == [
        ("Ferry", LEAD, "2025-05-27"), ("Rates", SECOND, "2025-05-28")
    ]  # fmt: skip
    assert articles[0].origin.endswith("a.xlsx!News:3")
    assert notices == []
    assert read(tmp_path / "b.xlsx", xlsx([["a", "b"], ["1", "2"]]))[1] == [
        "none of its columns is the text: a, b; name it: --field text=COLUMN"
    ]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (b'<row r="2"><c r="XFD1048576" t="n"', "a sheet reaches to row 1,048,576 of column 16,384, all but empty"),
        (b'<row spans="1:2" r="999999999999"><c ', "a sheet reaches to row 999,999,999,999 of column 1, all but empty"),
    ],
)
def test_a_sheet_whose_last_cell_is_far_off_is_refused(tmp_path: Path, place: bytes, said: str) -> None:
    far = xlsx([["Text"], ["x"]])
    with zipfile.ZipFile(io.BytesIO(far)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = members["xl/worksheets/sheet1.xml"].replace(b'<row r="2"><c ', place)
    assert read(tmp_path / "a.xlsx", zipped(members)) == ([], [f"{said}: save it as CSV"])


def test_empty_cells_far_off_cost_nothing(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx([["Headline", "Text"], ["Ferry", LEAD]]))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    empty = b'<row r="1048576"/><c r="XFD1048575" s="1"/></sheetData>'
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", empty)
    articles, _ = read(tmp_path / "a.xlsx", zipped(members))
    assert [article.title for article in articles] == ["Ferry"]


def test_a_sheet_with_a_wrong_checksum_is_damaged(tmp_path: Path) -> None:
    content = xlsx([["Headline", "Text"], ["Ferry", LEAD]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        checksum = struct.pack("<I", archive.getinfo("xl/worksheets/sheet1.xml").CRC)
    articles, (notice,) = read(tmp_path / "a.xlsx", content.replace(checksum, b"\0\0\0\0"))
    assert (articles, notice) == ([], "is damaged: Bad CRC-32 for file 'xl/worksheets/sheet1.xml'")


@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.xlsx"])
def test_a_bomb_in_a_document_is_refused(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DOCUMENT", 2**20)
    monkeypatch.setattr(limits, "SPREADSHEET", 2**20)
    huge = b"<x>" + b" " * 2**21 + b"</x>"
    content = zipped({"word/document.xml": huge, "content.xml": huge, "xl/workbook.xml": huge})
    articles, (notice,) = read(tmp_path / name, content)
    assert articles == []
    assert notice.startswith("unpacks to more than 1 MiB")


@pytest.mark.parametrize("name", ["a.docx", "a.odt"])
def test_entities_in_a_document_are_not_expanded(tmp_path: Path, name: str) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><w:document {W}><w:t>&l9;</w:t></w:document>'.encode()
    articles, (notice,) = read(tmp_path / name, zipped({"word/document.xml": bomb, "content.xml": bomb}))
    assert articles == []
    assert "defines entities, which no program writes into a document" in notice


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", zipped({"x.txt": b"x"})),
        ("b.docx", b"PK\3\4 damaged"),
        ("c.docx", zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b'<w:document xmlns:w="x"/>'})),
        ("d.odt", zipped({"content.xml": b"<x/>"})),
        ("e.xlsx", zipped({"xl/workbook.xml": b"<workbook/>"})),
        ("f.docx", docx("")),
    ],
)
def test_what_claims_to_be_a_document_and_is_none_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    articles, notices = read(tmp_path / name, content)
    assert articles == []
    assert len(notices) == 1


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.pdf", pdf([[]]), "a PDF"),
        ("a.xlsx", xlsx([["a"]]), "a spreadsheet"),
        ("a.rtf", b"{\\rtf1 x}", "Rich Text"),
        ("a.xml", b"<mediawiki/>", "a dump of a wiki"),
    ],
)
def test_without_its_library_a_file_is_named_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, what: str
) -> None:
    for library in ("pypdfium2", "python_calamine", "striprtf.striprtf", "mwparserfromhell"):
        monkeypatch.setitem(sys.modules, library, None)
    assert read(tmp_path / name, content) == ([], [f"is {what}, which needs: pip install 'dateline[documents]'"])


@pytest.mark.parametrize(
    "content",
    [
        pdf([column(LEAD, 60, 700, 60)]),
        docx(paragraph(LEAD)),
        odt(f"<text:p>{LEAD}</text:p>"),
        b"{\\rtf1 " + LEAD.encode() + b"}",
    ],
)
def test_documents_are_told_by_their_content_where_the_name_tells_nothing(tmp_path: Path, content: bytes) -> None:
    (article,), _ = read(tmp_path / "export-17", content)
    assert article.body == LEAD


def test_a_stream_in_a_pdf_that_unpacks_without_end_is_bounded(tmp_path: Path) -> None:
    content = pdf([column(LEAD, 60, 700, 60)])
    start, end = content.index(b"stream\n") + 7, content.index(b"\nendstream")
    bomb = zlib.compress(b"BT /F1 9 Tf (ferry) Tj ET\n" * 2**16)
    changed = content[:start] + bomb + content[end:]
    articles, notices = read(
        tmp_path / "a.pdf", changed.replace(b"/Length %d" % (end - start), b"/Length %d" % len(bomb))
    )
    assert len(articles) + len(notices) == 1
