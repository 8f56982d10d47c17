"""What once took the square of a text's length, ended a reader, or cost more than the value that was wrong."""

import io
import tarfile
import time
import zipfile

import pytest
from hostile_documents import TEXT, coded, read_bytes
from small_documents import docx, mail, odt, paragraph, wiki, wiki_page, zipped

from indexer.article import Article
from indexer.duplicates.addresses import canonical_url
from indexer.notice import Notice
from indexer.passages.cutting import PassageLimits, cut_passages
from indexer.sources import limits
from indexer.sources.addresses import absolute, split
from indexer.sources.charsets import known_charset
from indexer.sources.front_matter import split_front_matter
from indexer.sources.wiki.balance import balanced
from indexer.sources.xml_characters import WholeXml, whole_xml
from indexer.text.atoms import find_atoms
from indexer.text.normal_forms import MOST_MARKS, normalise
from indexer.text.spellings import LONGEST


def articles(items: list[Article | Notice]) -> list[Article]:
    return [item for item in items if isinstance(item, Article)]


def reasons(items: list[Article | Notice]) -> list[str]:
    return [item.reason for item in items if isinstance(item, Notice)]


def test_marks_that_are_more_than_a_letter_can_have_are_left_out_of_normal_forms() -> None:
    assert normalise("NFC", "e\u0301" * 40) == "é" * 40
    assert normalise("NFD", "é" * 40) == "e\u0301" * 40
    many = normalise("NFC", "e" + "\u0323\u0301" * 50_000)
    assert many == "ẹ" + "\u0323" * (MOST_MARKS // 2 - 1) + "\u0301" * (MOST_MARKS // 2)


def test_a_word_that_is_longer_than_any_is_known_by_its_beginning() -> None:
    word, number = find_atoms("ﷺ" * 10_000 + " 1" + "0" * 10_000)
    assert (word.start, word.end, number.end) == (0, 10_000, 20_002)
    assert len(word.text) <= 18 * LONGEST
    assert number.text == "1" + "0" * (LONGEST - 1)
    assert find_atoms("x" * 10_000)[0].text == find_atoms("x" * 20_000)[0].text


def test_a_paragraph_whose_sentences_have_no_tokens_is_cut() -> None:
    article = Article("1", "", "A b c. " * 100, None, "en", "Bote", "", "here")
    (passage,) = cut_passages(article, PassageLimits(), lambda texts: [300 * (len(text) > 500) for text in texts])
    assert passage.text == article.body.strip()


def test_aliases_in_front_matter_are_not_written_out() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    start = time.process_time()
    front, body = split_front_matter("---\ntitle: Ferry\n" + "\n".join(lines) + f"\n---\n{TEXT}")
    assert time.process_time() - start < 1
    assert (front["title"], body.strip()) == ("Ferry", TEXT)
    assert front["a1"].startswith("&a1 [*a0, ")


def test_front_matter_with_brackets_without_end_is_read_by_its_lines() -> None:
    front, body = split_front_matter("---\ntitle: Ferry\ntags: " + "[" * 20_000 + f"\n---\n{TEXT}")
    assert (front["title"], body.strip()) == ("Ferry", TEXT)
    assert split_front_matter("+++\n" + "a." * 10_000 + f"a = 1\n+++\n{TEXT}")[0] == {}


@pytest.mark.parametrize("name", ["punycode", "idna", "unicode_escape", "hex", "undefined", "no such", "a\0b", ""])
def test_encodings_in_which_no_document_is_written_are_none(name: str) -> None:
    assert known_charset(name) == ""


def test_encodings_of_documents_are_known_by_all_of_their_names() -> None:
    assert [known_charset(name) for name in ("UTF8", "latin1", "windows-1251")] == ["utf-8", "iso8859-1", "cp1251"]


def test_an_address_that_is_longer_than_any_is_none() -> None:
    longest = "https://bote.example/".ljust(limits.ADDRESS, "a")
    assert split(longest) is not None
    assert split(longest + "a") is None
    assert absolute("https://bote.example", longest) == ""
    assert absolute("https://bote.example/a", "/b") == "https://bote.example/b"
    assert absolute("https://bote.example/a", "http://[b") == ""
    assert canonical_url(longest + "a") == longest + "a"
    (notice, article) = read_bytes("news.jsonl", b'{"text": "%s", "url": "%sa"}' % (TEXT.encode(), longest.encode()))
    assert isinstance(article, Article)
    assert isinstance(notice, Notice)
    assert article.url == ""
    assert notice.reason == "url has 8,193 characters, wanted at most 8,192; left empty"


@pytest.mark.parametrize("source", ["http://[bote", "//[", "www.[a"])
def test_a_source_that_is_a_broken_address_costs_only_itself(source: str) -> None:
    lines = b'{"text": "%s", "source": "%s"}\n{"text": "%s"}\n' % (TEXT.encode(), source.encode(), TEXT.encode())
    assert [article.body for article in articles(read_bytes("news.jsonl", lines))] == [TEXT, TEXT]


FEED = '<rss version="2.0"><channel><item><title>Ferry</title><description>%s</description></item></channel></rss>'


@pytest.mark.parametrize(
    "content",
    [
        f'<?xml version="1.0"?>{FEED % TEXT}</category></channel></enclosure></author>',
        FEED.replace("<item>", "<item></category>") % TEXT,
        '<?xml version="1.0" encoding="punycode"?>' + FEED % TEXT,
        '<?xml version="1.0"?>' + "\n" * 100_000 + FEED % TEXT,
        '<?xml version="1.0"?>' + "<!ENTITY a>\n" * 10_000 + FEED % TEXT,
        '<?xml version="1.0"?>' + FEED.replace("<item>", "encoding='a'" * 10_000 + "<item>") % TEXT,
        "<?xml-stylesheet href='a'?>" + FEED % TEXT,
        FEED.replace("<title>", f"<author>{'a' * 100_000}</author><title>") % TEXT,
    ],
)
def test_what_a_feed_cannot_mean_costs_neither_the_feed_nor_time(content: str) -> None:
    start = time.process_time()
    (article,) = articles(read_bytes("news.rss", content.encode()))
    assert time.process_time() - start < 3
    assert (article.title, article.body) == ("Ferry", TEXT)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp037"])
def test_a_feed_in_another_encoding_is_read_whatever_it_declares(encoding: str) -> None:
    content = f'<?xml version="1.0" encoding="UTF-16"?>{FEED % TEXT}'
    assert [article.body for article in articles(read_bytes("news.rss", content.encode(encoding)))] == [TEXT]


def test_a_feed_keeps_the_encoding_that_it_declares() -> None:
    content = (f'<?xml version="1.0" encoding="windows-1251"?>{FEED}' % f"Паром. {TEXT}").encode("cp1251")
    assert articles(read_bytes("news.rss", content))[0].body == f"Паром. {TEXT}"


def test_an_email_in_an_encoding_that_none_has_is_read_as_utf_8() -> None:
    (article,) = articles(read_bytes("news.eml", mail("Ferry", f"Fähre. {TEXT}", kind="text/plain; charset=punycode")))
    assert article.body == f"Fähre. {TEXT}"


def test_signs_of_a_wiki_that_nothing_closes_are_left_out() -> None:
    assert balanced("{{a|{{b}} c [[d]] [[e {| f") == "a|{{b}} c [[d]] e  f"
    assert balanced("a }} b ]] c <ref>d</ref> </i> e <i>f") == "a  b  c <ref>d</ref>  e f"
    assert balanced("a <!-- b --> c <!-- d") == "a  c  d"
    assert balanced("<br> <ref name=a/> [https://a.example b] [https://c.example d") == (
        "<br> <ref name=a/> [https://a.example b] https://c.example d"
    )
    deep = "{{a|" * 100 + "}}" * 100
    assert balanced(deep).count("{{") == balanced(deep).count("}}") == 30


def test_a_page_of_a_wiki_full_of_them_is_read() -> None:
    page = wiki_page("Ferry", f"{'{{a|' * 5000}\n\n{TEXT}\n\n{'[[' * 5000} <p>[http://a.example")
    start = time.process_time()
    (article,) = articles(read_bytes("news.xml", wiki(page)))
    assert time.process_time() - start < 5
    assert TEXT in article.body


@pytest.mark.parametrize(
    "wrong", [b"&#xD800;", b"&#0;", b"&#xFFFE;", b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbf\xbf", b"\x1b"]
)
def test_a_character_that_no_xml_holds_costs_only_itself(wrong: bytes) -> None:
    pages = wiki(wiki_page("Ferry", TEXT), wiki_page("Toll", TEXT)).replace(b"sandbank", b"sand" + wrong + b"bank")
    word = docx(paragraph(TEXT.replace("sandbank", "XYZ")))
    documents = {
        "news.xml": pages,
        "news.docx": _rezipped(word, "word/document.xml", b"XYZ", b"sand" + wrong + b"bank"),
        "news.odt": _rezipped(odt(f"<text:p>{TEXT}</text:p>"), "content.xml", b"sandbank", b"sand" + wrong + b"bank"),
    }
    for name, content in documents.items():
        found = articles(read_bytes(name, content))
        assert len(found) == (2 if name == "news.xml" else 1), name
        assert all(article.body.startswith("The night ferry to Ostrand ran aground on a sand") for article in found)
        assert all(article.body.endswith("all ninety passengers were brought ashore.") for article in found)


def test_a_stream_of_xml_is_mended_wherever_it_is_cut() -> None:
    content = ("<a>é日😀 &amp; &#233; &#x1F600;" * 400).encode() + b"\xff &#xD800; \x00 </a>"
    wanted = ("<a>é日😀 &amp; &#233; &#x1F600;" * 400 + "\ufffd &#xFFFD;   </a>").encode()
    for size in (1, 7, 64, 100_000):

        class Pieces(io.BytesIO):
            def read(self, _size: int | None = -1, /, most: int = size) -> bytes:
                return super().read(most)

        assert io.BufferedReader(WholeXml(Pieces(content))).read() == wanted


def test_xml_in_another_encoding_keeps_its_bytes() -> None:
    content = "<?xml version='1.0' encoding='windows-1251'?><a>Паром &#0;</a>".encode("cp1251")
    assert whole_xml(content) == content.replace(b"&#0;", b"&#xFFFD;")
    assert whole_xml("<a>é</a>".encode("utf-16")) == "<a>é</a>".encode("utf-16")


def _rezipped(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {each.filename: archive.read(each) for each in archive.infolist()}
    assert old in members[part]
    return zipped(members | {part: members[part].replace(old, new)})


def test_a_page_of_very_many_paragraphs_is_read() -> None:
    content = coded(f"<html><body><article><p>{TEXT}</p>{'<p>a' * 20_000}<p>{TEXT}</p></article>")
    start = time.process_time()
    (article,) = articles(read_bytes("news.html", content))
    assert time.process_time() - start < 10
    assert article.body.startswith(TEXT)


@pytest.mark.parametrize("digits", ["9" * 30, "9" * 5_000])
def test_a_record_of_a_crawl_that_claims_more_bytes_than_there_are_costs_itself(digits: str) -> None:
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://bote.example/a\r\n"
    kind = "Content-Type: application/http; msgtype=response\r\n"
    record = f"{head}{kind}Content-Length: {digits}\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
    found = reasons(read_bytes("news.warc", record.encode()))
    assert found
    assert all("damaged" in reason or "cut off" in reason for reason in found), found


def test_a_member_that_is_cut_off_costs_itself() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("news.txt")
        member.size = 2_000
        archive.addfile(member, io.BytesIO(coded(TEXT).ljust(2_000)))
    found = reasons(read_bytes("news.tar", packed.getvalue()[:900]))
    assert found
    assert all("damaged" in reason for reason in found)


def test_a_spreadsheet_in_a_version_of_zip_that_there_is_not_is_damaged() -> None:
    content = zipped({"xl/workbook.xml": b"<workbook/>"})
    place = content.index(b"PK\x01\x02") + 6
    (reason,) = reasons(read_bytes("news.xlsx", content[:place] + b"\xff" + content[place + 1 :]))
    assert reason.startswith("is damaged: zip file version")


def test_an_element_of_a_dump_whose_name_is_none_costs_itself() -> None:
    dump = wiki(wiki_page("Ferry", TEXT)).decode()
    found = read_bytes("news.xml", dump.replace("<revision>", "<i6-01T00:><revision>").encode())
    assert not [reason for reason in reasons(found) if "nobody foresaw" in reason]
