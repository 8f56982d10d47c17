"""Plain text: the user's real article read as a person would, titles, dates in front, and files that are no text."""

import hashlib
from pathlib import Path

import pytest

from indexer.article import Article
from indexer.dates.parsing import parse_published
from indexer.notice import Notice, flagged, skipped
from indexer.sources.files import SourceFile

SEED = Path(__file__).resolve().parent.parent / "seeds" / "000_bfaee044f52e0d90.txt"
BOX = (
    "TRT Global - Fidan et Rubio soulignent l'importance du dialogue avec le gouvernement syrien Le ministre turc des "
    "Affaires étrangères, Hakan Fidan, et le secrétaire d'État américain, Marco Rubio, ont insisté sur l'importance de "
    "la lutte contre le terrorisme en Syrie. Les discussions ont également porté sur un cessez-le-feu à Gaza. 🔗"
)


@pytest.fixture(scope="module")
def seed() -> Article:
    (article,) = SourceFile(SEED, "000_bfaee044f52e0d90").items()
    assert isinstance(article, Article)
    return article


def read(path: Path, content: bytes | str) -> Article:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    *notices, article = SourceFile(path, "name").items()
    assert notices == []
    assert isinstance(article, Article)
    return article


def refuse(path: Path, content: bytes) -> Notice:
    path.write_bytes(content)
    (notice,) = SourceFile(path, "name").items()
    assert isinstance(notice, Notice)
    return notice


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news.txt"


def test_seed_article_is_byte_for_byte_what_the_user_gave() -> None:
    digest = hashlib.sha256(SEED.read_bytes()).hexdigest()
    assert digest == "93622e844ba769cf47546725488cc343b45f961cd35db98ae2fda1d7e485d1bd"


def test_seed_article_was_published_in_may_2025_on_a_day_that_is_not_known(seed: Article) -> None:
    assert seed.published == parse_published("2025-05")
    assert seed.published.precision == "month"


def test_seed_article_is_french_and_has_no_title(seed: Article) -> None:
    assert (seed.language, seed.title, seed.source, seed.url) == ("fr", "", "", "")
    assert (seed.id, seed.origin) == ("000_bfaee044f52e0d90", str(SEED))


def test_body_of_the_seed_article_is_its_text_without_the_date(seed: Article) -> None:
    content = SEED.read_text(encoding="utf-8")
    assert seed.body == content.removeprefix(" date 2025-05 ").strip()
    assert seed.body.startswith("Une source du ministère turc")
    assert seed.body.endswith("la refonte de la sécurité européenne.")


def test_related_story_of_the_seed_article_is_its_only_aside(seed: Article) -> None:
    assert [seed.body[start:end] for start, end in seed.asides] == [BOX]


def test_first_line_that_ends_no_sentence_is_the_title(path: Path) -> None:
    article = read(path, "The ferry runs aground\n\nAll on board were saved. \n\nIts radar failed.\n")
    assert (article.title, article.body) == ("The ferry runs aground", "All on board were saved. \n\nIts radar failed.")


@pytest.mark.parametrize(
    "content",
    ["All on board were saved.\n\nIts radar failed.", "The ferry runs aground"],
    ids=["sentence", "only line"],
)
def test_first_line_that_is_no_headline_belongs_to_the_body(path: Path, content: str) -> None:
    article = read(path, content)
    assert (article.title, article.body) == ("", content)


@pytest.mark.parametrize(
    ("prefix", "published"),
    [("date 2025-05 ", "2025-05"), ("\n Date: 2025-05-27\n", "2025-05-27"), ("DATE 2025\n\n", "2025")],
)
def test_date_in_front_is_the_publication_date_and_no_part_of_the_body(path: Path, prefix: str, published: str) -> None:
    article = read(path, prefix + "All on board were saved.")
    assert (article.published, article.body) == (parse_published(published), "All on board were saved.")


@pytest.mark.parametrize("content", ["date 2025-05-270 is odd.", "The date 2025-05 is late.", "update 2025-05 came."])
def test_other_dates_stay_in_the_body(path: Path, content: str) -> None:
    article = read(path, content)
    assert (article.published, article.body) == (None, content)


def test_date_in_front_that_does_not_exist_is_flagged(path: Path) -> None:
    path.write_text("date 2025-13 All on board were saved.", encoding="utf-8")
    notice, article = SourceFile(path, "name").items()
    assert isinstance(notice, Notice)
    assert isinstance(article, Article)
    wanted = "wanted ISO 8601, such as 2025, 2025-05, 2025-05-27 or 2025-05-27T18:20:00+02:00"
    reason = f"date '2025-13' not understood: {wanted}; kept without a date"
    assert (notice.kind, notice.origin, notice.reason) == ("flagged", str(path), reason)
    assert article.published is None


def test_byte_order_mark_is_no_part_of_the_text(path: Path) -> None:
    assert read(path, b"\xef\xbb\xbfAll were saved.").body == "All were saved."


def test_line_breaks_stay_as_they_are(path: Path) -> None:
    assert read(path, "One.\r\n\r\nTwo.\rThree.\u2028Four.\0").body == "One.\r\n\r\nTwo.\rThree.\u2028Four.\0"


def test_empty_file_is_skipped(path: Path) -> None:
    assert refuse(path, b"") == skipped(str(path), "the file is empty")


def test_file_of_white_space_is_skipped(path: Path) -> None:
    assert refuse(path, b" \r\n\n") == skipped(str(path), "its text is empty")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("À Genève, le café était déjà fermé après l’été, où l’on dîne à l’hôtel.", "cp1252"),
        ("Паром сел на мель в четверг вечером, все пассажиры спасены и уже дома.", "cp1251"),
    ],
)
def test_file_of_another_encoding_is_read_as_what_it_looks_like_and_flagged(
    path: Path, text: str, encoding: str
) -> None:
    path.write_bytes(text.encode(encoding))
    notice, article = SourceFile(path, "name").items()
    assert isinstance(article, Article)
    assert article.body == text
    assert notice == flagged(str(path), f"not Unicode, read as {encoding}")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_by_its_mark(path: Path, encoding: str) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    assert read(path, (mark + "渡轮周四搁浅。").encode(encoding)).body == "渡轮周四搁浅。"


def test_what_is_no_text_is_skipped(path: Path) -> None:
    reason = "is no text: it holds bytes that none has"
    assert refuse(path, bytes(range(256)) * 4) == skipped(str(path), reason)


BODY = "The ferry Aurelia ran aground off Vellmar at dawn, and all on board were saved.\n\nIts radar failed."


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("27 May 2025", "2025-05-27"),
        ("27. Mai 2025", "2025-05-27"),
        ("Tuesday, May 27, 2025", "2025-05-27"),
        ("Published: 27 May 2025, 18:20", "2025-05-27T18:20:00+00:00"),
        ("Updated 6:20 PM EDT, Tue May 27, 2025", "2025-05-27T18:20:00-04:00"),
        ("mardi 27 mai 2025 à 18h20", "2025-05-27T18:20:00+00:00"),
        ("2025年5月27日", "2025-05-27"),
        ("2025-05-27T18:20:00+02:00", "2025-05-27T18:20:00+02:00"),
        ("27.05.2025", "2025-05-27"),
    ],
)
@pytest.mark.parametrize("between", ["\n", "\n\n", "\r\n", "\n\nOnly the radar is blamed so far\n\n"])
def test_a_line_near_the_top_that_is_only_a_date_is_the_publication_date(
    path: Path, line: str, iso: str, between: str
) -> None:
    article = read(path, f"The ferry runs aground{between}{line}\n\n{BODY}")
    assert article.published == parse_published(iso)
    assert article.title == "The ferry runs aground"
    assert line not in article.body
    assert article.body.endswith(BODY)


def test_a_date_above_the_headline_is_the_publication_date(path: Path) -> None:
    article = read(path, f"27 May 2025\nThe ferry runs aground\n\n{BODY}")
    assert (article.title, article.body) == ("The ferry runs aground", BODY)
    assert article.published == parse_published("2025-05-27")


@pytest.mark.parametrize(
    "line",
    [
        "By Ada Lindqvist, Vellmar, 27 May 2025",
        "Von Ada Lindqvist und Per Ohm, Vellmar, Dienstag, 27. Mai 2025",
        "Vellmar, 27. Mai 2025",
        "27 May 2025 | Ada Lindqvist",
        "VELLMAR — May 27, 2025",
        "Por Ana de la Cruz · 27 de mayo de 2025",
        "2025年5月27日 来源：韦尔马日报",
    ],
)
def test_a_date_beside_a_byline_or_place_is_the_publication_date_and_the_line_stays(path: Path, line: str) -> None:
    article = read(path, f"The ferry runs aground\n\n{line}\n\n{BODY}")
    assert article.published == parse_published("2025-05-27")
    assert line in article.body


@pytest.mark.parametrize(
    "line",
    [
        "The harbour was closed on Tuesday, 27 May 2025",
        "It happened on 27 May 2025.",
        "Nobody had seen it coming, 27 May 2025",
        "Vellmar, 27 May 2025 – The ferry ran aground when its radar failed.",
        "27 May 2025 was a dark day",
        "May 2025",
        "2025",
        "20250527",
        "1748362800",
        "10-8-12",
        "27 May 2999",
        "Closed. Vellmar, 27 May 2025",
        "Call 2025, 27",
    ],
)
def test_a_date_in_prose_is_no_publication_date(path: Path, line: str) -> None:
    article = read(path, f"The ferry runs aground\n\n{line}\n\n{BODY}")
    assert (article.published, article.unread_date) == (None, "")
    assert line in article.body


def test_a_date_below_the_opening_lines_is_no_publication_date(path: Path) -> None:
    article = read(path, "The ferry runs aground\n\nOne.\nTwo.\nThree.\nFour.\n27 May 2025\n")
    assert article.published is None


def test_a_date_of_two_meanings_is_named(path: Path) -> None:
    path.write_text(f"The ferry runs aground\n03/04/2025\n\n{BODY}", encoding="utf-8")
    article, notice = SourceFile(path, "name").items()
    assert isinstance(article, Article)
    assert isinstance(notice, Notice)
    assert (article.published, article.unread_date) == (None, "03/04/2025")
    assert "say it with --day-first or --month-first" in notice.reason


def test_looking_for_a_date_takes_time_linear_in_the_white_space(path: Path) -> None:
    assert read(path, f"The ferry runs aground\n{' ' * 5_000_000}\n27 May 2025\n\n{BODY}").published is not None
