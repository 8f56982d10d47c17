"""E-mail is articles: newsletters as readers see them, mailboxes message by message, bounded whatever comes."""

import base64
import quopri
import tracemalloc
from pathlib import Path

import pytest
from small_documents import mail

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources import limits
from indexer.sources.files import SourceFile, find_files

TEXT = (
    "Shippers fear that the grain terminal will run out of room by the end of the week, when two more trains are due."
)
OTHER = "The mayor of Ostrand resigned on Tuesday, two days after the council had asked her to stay until the summer."
MAYOR = "Мэр Остранда ушла в отставку."
BREAK = "=_next"


def read(path: Path, content: bytes) -> tuple[list[Article], list[Notice]]:
    path.write_bytes(content)
    items = list(SourceFile(path, path.stem).items())
    return [item for item in items if isinstance(item, Article)], [item for item in items if isinstance(item, Notice)]


def part(body: str, kind: str = "text/plain", extra: str = "") -> str:
    return f"--{BREAK}\r\nContent-Type: {kind}\r\n{extra}\r\n{body}\r\n"


def multipart(*parts: str, kind: str = "mixed", extra: str = "") -> bytes:
    return mail("Grain", "".join(parts) + f"--{BREAK}--", kind=f'multipart/{kind}; boundary="{BREAK}"', extra=extra)


def test_an_e_mail_is_an_article_with_its_subject_sender_date_and_id(tmp_path: Path) -> None:
    (article,), notices = read(tmp_path / "letter.eml", mail("=?utf-8?q?Grain_terminal_f=C3=BCll?=", TEXT))
    assert (article.id, article.title, article.body) == (f"{len(TEXT)}@courier.example", "Grain terminal füll", TEXT)
    assert article.published
    assert (article.published.iso, article.source) == ("2025-05-27T08:00:00+02:00", "Courier Desk")
    assert (article.language, article.origin, notices) == ("en", str(tmp_path / "letter.eml"), [])


def test_a_newsletter_has_the_name_of_its_list_and_its_address_in_the_archive(tmp_path: Path) -> None:
    extra = "List-ID: The Vellmar Morning <morning.courier.example>\r\nArchived-At: <https://courier.example/n/17>\r\n"
    (article,), _ = read(tmp_path / "a.eml", mail("Grain", TEXT, extra=extra))
    assert (article.source, article.url) == ("The Vellmar Morning", "https://courier.example/n/17")


def test_of_two_forms_of_a_text_the_whole_one_is_taken(tmp_path: Path) -> None:
    table = f"<table><tr><td>{OTHER}</td></tr></table>"
    page = f"<html><head><style>p{{}}</style></head><body><p>{TEXT}</p>{table}</body></html>"
    stub = part("View this e-mail in your browser.")
    (article,), _ = read(tmp_path / "a.eml", multipart(stub, part(page, "text/html"), kind="alternative"))
    assert article.body == f"{TEXT}\n\n{OTHER}"
    (article,), _ = read(
        tmp_path / "b.eml", multipart(part(TEXT), part("<p>HTML</p>", "text/html"), kind="alternative")
    )
    assert article.body == TEXT


def test_attachments_are_no_text_and_what_fills_the_preview_is_left_out(tmp_path: Path) -> None:
    picture = part(base64.b64encode(b"\x89PNG").decode(), "image/png", "Content-Transfer-Encoding: base64\r\n")
    attached = part("A contract.", "text/plain", 'Content-Disposition: attachment; filename="a.txt"\r\n')
    preview = part(f"<p>&#8203;&#847; &zwnj;&nbsp;</p><p>{TEXT}</p>", "text/html")
    (article,), _ = read(tmp_path / "a.eml", multipart(preview, picture, attached))
    assert article.body == TEXT


def test_an_attached_e_mail_is_an_article_of_its_own(tmp_path: Path) -> None:
    forwarded = part(mail("Mayor resigns", OTHER).decode(), "message/rfc822")
    articles, notices = read(tmp_path / "a.eml", multipart(part(TEXT), forwarded))
    assert [(each.title, each.body) for each in articles] == [("Grain", TEXT), ("Mayor resigns", OTHER)]
    assert articles[1].origin == f"{tmp_path / 'a.eml'}#1"
    assert notices == []


@pytest.mark.parametrize(
    ("kind", "coding", "body"),
    [
        ("text/plain; charset=windows-1251", "8bit", MAYOR.encode("cp1251")),
        (
            "text/plain; charset=utf-8",
            "quoted-printable",
            quopri.encodestring(MAYOR.encode()),
        ),
        ("text/plain; charset=koi8-r", "base64", base64.b64encode(MAYOR.encode("koi8-r"))),
        ("text/plain; charset=nonsense", "8bit", MAYOR.encode()),
        ("text/plain; format=flowed", "8bit", "Мэр Остранда \r\nушла в \r\nотставку.".encode()),
    ],
)
def test_every_coding_of_a_text_is_read(tmp_path: Path, kind: str, coding: str, body: bytes) -> None:
    content = mail("x", "@", kind=kind, extra=f"Content-Transfer-Encoding: {coding}\r\n").replace(b"@", b"%s")
    head, _, _ = content.rpartition(b"\r\n\r\n")
    (article,), _ = read(tmp_path / "a.eml", head + b"\r\n\r\n" + body)
    assert article.body == MAYOR


def test_an_e_mail_without_a_date_has_that_of_its_arrival(tmp_path: Path) -> None:
    content = mail("Grain", TEXT, extra="Received: by mx.example; Wed, 28 May 2025 09:00:00 +0000\r\n")
    (article,), _ = read(tmp_path / "a.eml", content.replace(b"Date: Tue, 27 May 2025 08:00:00 +0200\r\n", b""))
    assert article.published
    assert article.published.iso.startswith("2025-05-28T09:00:00")


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("Tue, 27 May 2025 18:20:00 CEST", "2025-05-27T18:20:00+02:00"),
        ("Tue, 27 May 2025 6:20 PM", "2025-05-27T18:20:00+00:00"),
        ("Di, 27 Mai 2025 18:20:00 +0200 (CEST)", "2025-05-27T18:20:00+02:00"),
        ("Tue, 27 May 25 18:20:00 GMT", "2025-05-27T18:20:00+00:00"),
    ],
)
def test_the_date_of_an_e_mail_keeps_its_zone_and_its_half_of_the_day(tmp_path: Path, written: str, iso: str) -> None:
    content = mail("Grain", TEXT).replace(b"Tue, 27 May 2025 08:00:00 +0200", written.encode())
    (article,), notices = read(tmp_path / "a.eml", content)
    assert article.published
    assert (article.published.iso, notices) == (iso, [])


def test_a_mailbox_is_read_message_by_message(tmp_path: Path) -> None:
    quoted = f"{TEXT}\n\n>From the tower one sees the bay.\nFrom here one does not."
    box = b"".join(
        b"From desk@courier.example Tue May 27 08:00:00 2025\n" + mail(title, text).replace(b"\r\n", b"\n") + b"\n\n"
        for title, text in (("Grain", quoted), ("Mayor", OTHER), ("Empty", " "))
    )
    articles, (notice,) = read(tmp_path / "news.mbox", box)
    assert [each.title for each in articles] == ["Grain", "Mayor"]
    assert articles[0].body == f"{TEXT}\n\nFrom the tower one sees the bay.\nFrom here one does not."
    assert articles[1].origin.endswith("news.mbox:2")
    assert notice.origin.endswith("news.mbox:3")
    assert notice.reason == "the e-mail has no text: wanted a part of text or HTML that is no attachment"


def test_a_folder_of_messages_is_read_whatever_they_are_called(tmp_path: Path) -> None:
    names = ["cur/1748325600.M20046P2137.mx:2,S", "new/1748325601.M1P1.mx", "letters/17.emlx", "box/Inbox"]
    for name, content in zip(names, [
        mail("A", TEXT), mail("B", OTHER),
        b"%d\n%s<?xml version='1.0'?><plist/>" % (len(mail("C", TEXT)), mail("C", TEXT)),
        b"From x@y Tue May 27 08:00:00 2025\n" + mail("D", OTHER),
    ], strict=True):  # fmt: skip
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(content)
    items = [item for file in find_files([tmp_path]).files for item in file.items()]
    assert sorted((item.title, item.body) for item in items if isinstance(item, Article)) == [
        ("A", TEXT), ("B", OTHER), ("C", TEXT), ("D", OTHER)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        multipart(*[part("x")] * 100_000),
        b"".join(
            mail("x", "", kind=f'multipart/mixed; boundary="{n}"').rstrip() + b"\r\n\r\n--%d\r\n" % n
            for n in range(5000)
        ),
        b"".join(b"Content-Type: message/rfc822\r\n\r\n" for _ in range(100_000)),
    ],
)
def test_parts_without_end_are_bounded(tmp_path: Path, content: bytes) -> None:
    tracemalloc.start()
    articles, (notice,) = read(tmp_path / "a.eml", content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert articles == []
    assert notice.reason == "has more than 200 parts: no newsletter does"
    assert peak < 100 * 2**20


def test_a_sender_that_cannot_be_understood_costs_only_itself(tmp_path: Path) -> None:
    content = mail("Grain", TEXT).replace(b"Courier Desk <desk@courier.example>", b"(" * 10_000)
    (article,), _ = read(tmp_path / "a.eml", content)
    assert (article.source, article.title, article.body) == ("", "Grain", TEXT)


def test_a_large_message_costs_only_itself_in_a_mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MESSAGE", 2**16)
    start = b"From x@y Tue May 27 08:00:00 2025\n"
    box = start + mail("Large", "x" * 2**17) + b"\n\n" + start + mail("Mayor", OTHER)
    (article,), (notice,) = read(tmp_path / "a.mbox", box)
    assert article.title == "Mayor"
    assert notice.origin.endswith("a.mbox:1")
    assert notice.reason == "the e-mail is larger than 0 MiB"
