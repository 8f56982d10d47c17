"""The keyword index: BM25 compared with values computed by hand, filters, conditions, every script, damaged files."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from indexer.errors import IndexCorruptError, IndexFormatError
from indexer.keywords.index import MOST_TERMS, KeywordIndex
from indexer.keywords.occurrences import K1
from indexer.keywords.query_syntax import KeywordQuery, parse_keywords
from indexer.keywords.writer import KeywordIndexWriter
from indexer.text.atoms import find_atoms
from search_api.ranking.query_language import find_language

Index = Callable[..., KeywordIndex]
NEWS = {
    "en": "Turkey hopes to return to the F-35 programme despite its S-400 missiles.",
    "fr": "La Turquie espère réintégrer le programme des avions F35 malgré les sanctions américaines.",
    "de": "Die Türkei hofft auf eine Rückkehr in das Programm; die Straße von Hormus bleibt offen.",
    "tr": "Türkiye'nin İstanbul'daki görüşmelerde F-35 programına dönmesi konuşuldu.",
    "ru": "Вернут ли Турцию в программу? Ещё не решено, сообщил министр обороны Йосип Павлов.",
    "uk": "Україна отримає дев'ять літаків, повідомили у Києві.",
    "el": "Η Αθήνα αντιδρά στην επιστροφή της Τουρκίας στο πρόγραμμα.",
    "ar": "تأمل تركيا في العودة إلى برنامج الطائرات الأمريكية خلال عام ٢٠٢٥",
    "fa": "ترکیه می\u200cخواهد به برنامه جنگنده\u200cهای آمریکایی بازگردد",
    "he": 'צה"ל עוקב אחר חזרתה של טורקיה לתוכנית, נמסר בירושלים',
    "hi": "तुर्की को लड़ाकू विमान कार्यक्रम में वापसी की उम्मीद है",
    "th": "ตุรกีหวังกลับเข้าร่วมโครงการเครื่องบินขับไล่",
    "zh": "土耳其希望重返战机项目，安卡拉表示。",
    "ja": "トルコは戦闘機計画への復帰を望んでいる。",
    "ko": "튀르키예는 전투기 프로그램에 복귀하기를 희망한다",
    "vi": "Thổ Nhĩ Kỳ hy vọng trở lại chương trình máy bay chiến đấu",
    "am": "ቱርክ ወደ ተዋጊ ጄት ፕሮግራም ለመመለስ ተስፋ ታደርጋለች",
    "sw": "Uturuki inatumaini kurejea katika mpango wa ndege za kivita",
}


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """Return a function that writes passages and opens the index over them."""

    def index(
        texts: Sequence[str], languages: Sequence[str] = (), *, name: str = "k", run: int = 2**22
    ) -> KeywordIndex:
        writer = KeywordIndexWriter(tmp_path / name, run=run)
        writer.add(texts, languages or ["en"] * len(texts))
        writer.close()
        return KeywordIndex(tmp_path / name)

    return index


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> KeywordIndex:
    path = tmp_path_factory.mktemp("news") / "keywords"
    writer = KeywordIndexWriter(path)
    writer.add(NEWS.values(), NEWS)
    writer.close()
    return KeywordIndex(path)


def _scores(index: KeywordIndex, query: KeywordQuery) -> NDArray[np.float32]:
    """Return the score of each passage that meets the conditions."""
    scores = sum((index.shares(query, language) for language in index.languages), np.zeros(index.count, np.float32))
    held = index.matches(query)
    return scores if held is None else scores * held.holds(np.arange(index.count))


def _found(index: KeywordIndex, query: str) -> list[int]:
    """Return the passages with a score, best first."""
    scores = _scores(index, parse_keywords(query))
    return [row for row in np.argsort(-scores, kind="stable").tolist() if scores[row] > 0]


def _idf(index: KeywordIndex, word: str, language: int = -1) -> float:
    return float(index._idf(index._find([word]))[0, language])


def test_scores_are_those_of_bm25_reckoned_by_hand(index: Index) -> None:
    opened = index(["cat dog", "cat cat sun", "dog ox", "hen ox fox pig"])
    average = (2 + 3 + 2 + 4) / 4

    def bm25(occurrences: int, length: int, holding: int) -> float:
        idf = math.log(1 + (4 - holding + 0.5) / (holding + 0.5))
        return idf * occurrences / (occurrences + 1.2 * (0.25 + 0.75 * length / average))

    wanted = np.array([bm25(1, 2, 2) + bm25(1, 2, 2), bm25(2, 3, 2), bm25(1, 2, 2), 0])
    whole = 2 * math.log(1 + 2.5 / 2.5) / (1 + K1)
    np.testing.assert_allclose(opened.shares(parse_keywords("cat dog"), "en"), wanted / whole, rtol=1e-4)


def test_a_passage_of_average_length_that_holds_each_term_once_holds_the_whole_query(index: Index) -> None:
    opened = index(["sun ox", "sun zebra", "fox hen"])
    assert opened.shares(parse_keywords("sun ox"), "en")[0] == pytest.approx(1, rel=1e-4)
    shares = opened.shares(parse_keywords("sun ox owl"), "en")
    idf = _idf(opened, "sun"), _idf(opened, "ox"), math.log1p(3.5 / 0.5)
    assert shares[0] == pytest.approx((idf[0] + idf[1]) / sum(idf), rel=1e-4)
    assert opened.shares(parse_keywords("sun"), "fr").tolist() == [0, 0, 0]


def test_another_form_of_a_word_counts_by_its_part(index: Index) -> None:
    opened = index(["ministers met", "minister resigned", "rain"])
    assert _found(opened, "minister") == [1, 0]


def test_what_a_term_tells_is_reckoned_within_the_language(index: Index) -> None:
    texts = [f"de eau {i}" for i in range(20)] + [f"water of de {i}" for i in range(10)] + ["rain"] * 2970
    opened = index(texts, ["fr"] * 20 + ["en"] * 2980)
    french, english, all_ = (_idf(opened, "de", language) for language in (1, 0, -1))
    share = (20 + 1000 * 30 / 3000) / (20 + 1000)
    assert opened.languages == ("en", "fr")
    assert french == pytest.approx(math.log1p((3000 - 3000 * share + 0.5) / (3000 * share + 0.5)))
    assert french < all_ < english
    assert all_ == pytest.approx(math.log1p(2970.5 / 30.5))


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("turkey's s400 missiles", "en"),
        ("REINTEGRER", "fr"),
        ("strasse von hormus", "de"),
        ("istanbul görüşme", "tr"),
        ("ещё решение министра", "ru"),
        ("девʼять літак", "uk"),
        ("ΑΘΗΝΑ", "el"),
        ("الطائره الامريكيه", "ar"),
        ("2025", "ar"),
        ("جنگنده آمریکا", "fa"),
        ("צה״ל", "he"),
        ("ירושלים", "he"),
        ("विमान", "hi"),
        ("เครื่องบิน", "th"),
        ("战机", "zh"),
        ("戦闘機", "ja"),
        ("전투기가", "ko"),
        ("may bay chien dau", "vi"),
        ("ተዋጊ", "am"),
        ("ndege ya kivita", "sw"),
    ],
)
def test_every_script_is_searched_without_set_up(news: KeywordIndex, query: str, language: str) -> None:
    assert list(NEWS)[_found(news, query)[0]] == language


@pytest.mark.parametrize("query", ["F-35", "f35", "F 35", "Ｆ－３５", "+f-35", "f\u201135"])
def test_a_designator_is_found_however_it_is_written(news: KeywordIndex, query: str) -> None:
    assert {list(NEWS)[row] for row in _found(news, query)} >= {"en", "fr", "tr"}


def test_names_with_signs_are_told_from_their_letters(index: Index) -> None:
    opened = index(["vitamin C", "written in C++ at AT&T", "C# and 5G", "a t u s", "the U.S. and S-400"])
    assert [_found(opened, query)[0] for query in ("C++", "c#", "AT&T", "5g", "US", "s400")] == [1, 2, 1, 2, 4, 4]
    assert _found(opened, "+C++") == [1]
    assert _found(opened, "+U.S.") == [4]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ('"new york"', [0, 1, 4]),
        ('"york new"', [1, 4]),
        ('"new york times"', [0]),
        ('"new york new york"', [4]),
        ("+york -times", [4, 1, 2]),
        ("york +city", [2]),
        ('york -"new york"', [2]),
        ('"york absent"', []),
        ("york -absent", [4, 1, 0, 2]),
        ("「東京都」", [3]),
        ("+都", [3]),
        ('"京東"', []),
        ("new +の", [0, 1, 4]),
        ("-york", []),
    ],
)
def test_phrases_required_and_excluded_words_hold(index: Index, query: str, rows: list[int]) -> None:
    opened = index(["The New-York Times", "York, new; york!", "York city", "東京都の知事", "new york, New York"])
    assert sorted(_found(opened, query)) == sorted(rows)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("Göteborg", [0, 1, 2]),
        ("göteborg", [0, 1, 2]),
        ("Goeteborg", [0, 1]),
        ("GOTEBORG", [0, 2]),
        ("+göteborg", [0, 1, 2]),
        ('"in Göteborg heute"', [0, 1, 2]),
        ('"in Goeteborg heute"', [0, 1]),
        ('"heute Göteborg"', []),
        ("in -Göteborg", [3]),
        ("du", [4]),
        ("due", [5]),
    ],
)
def test_a_word_with_an_umlaut_is_found_in_each_spelling(index: Index, query: str, rows: list[int]) -> None:
    texts = ["in Göteborg heute", "in Goeteborg heute", "in Goteborg heute", "in Borg", "du jour", "due soon"]
    assert sorted(_found(index(texts), query)) == rows


@pytest.mark.parametrize("written", ["Göteborg", "Goteborg"])
def test_a_word_with_two_spellings_counts_as_one_word(index: Index, written: str) -> None:
    opened = index([written, "rain", f"{written} rain"])
    wanted = opened.shares(parse_keywords("Goteborg rain"), "en")
    np.testing.assert_allclose(opened.shares(parse_keywords("Göteborg rain"), "en"), wanted, rtol=1e-5)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("UN", [0, 1]),
        ("U.N.", [0, 1]),
        ("+UN", [0, 1]),
        ('"the UN said"', [0, 1]),
        ("un", [0, 1, 2, 3]),
        ("+un", [0, 1, 2, 3]),
        ("accord -UN", [2, 3]),
        ("WHO", [4]),
        ("+WHO +who", [4]),
        ("who", [4, 5]),
        ("IT", [5]),
    ],
)
def test_an_abbreviation_is_told_from_an_ordinary_word(index: Index, query: str, rows: list[int]) -> None:
    texts = ["the UN said", "the U.N. said", "un accord", "Un accord", "the WHO said", "those who said it"]
    assert sorted(_found(index(texts, ["en", "en", "fr", "fr", "en", "en"]), query)) == rows


def test_an_abbreviation_that_is_no_ordinary_word_is_found_however_it_is_written(index: Index) -> None:
    opened = index(["gli Usa e", "gli USA e", "Usa e", *["rain"] * 200], ["it"] * 203)
    assert sorted(_found(opened, "+USA")) == sorted(_found(opened, "+usa")) == [0, 1, 2]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("2 500 Menschen", "2500"),
        ("2,500 people", "2 500"),
        ("1,00,000 लोग", "100000"),
        ("臺灣與國際", "台湾与国际"),
        ("ፀሐይ ወጣች", "ጸሀይ"),
        ("J. R. Smith", "JR Smith"),
    ],
)
def test_what_is_one_word_in_two_spellings_meets_conditions(index: Index, written: str, asked: str) -> None:
    opened = index([written, "rain"])
    assert _found(opened, f'"{asked}"') == _found(opened, asked) == [0]


def test_other_spellings_count_where_words_are_counted(index: Index) -> None:
    opened = index(["Goeteborg", "Göteborg rain", "un mur", "the UN said", "rain"], ["de", "de", "fr", "en", "de"])
    frequencies = {"Göteborg": 2, "göteborg": 2, "goeteborg": 2, "goteborg": 1, "UN": 1, "un": 2, "sun": 0, "a b": 0}
    assert {word: opened.frequency(parse_keywords(word).atoms) for word in frequencies} == frequencies
    only = index(["in Goeteborg", "the UN said", "un mur"], ["de", "en", "fr"], name="other")
    assert only.held(parse_keywords("Göteborg")) == {"de": 1, "en": 0, "fr": 0}
    assert only.held(parse_keywords("UN")) == {"de": 0, "en": 1, "fr": 0}


def test_rows_that_hold_a_word_or_phrase_are_told_among_some(index: Index) -> None:
    texts = ["to be or not", "not to be", "be not", "to the be", "Sein to be", "in Göteborg", "Goeteborg"]
    opened = index(texts, ["en", "en", "en", "en", "de", "de", "de"])
    for phrase, rows in {"to be": [0, 1, 4], "be": [0, 1, 2, 3, 4], "göteborg": [5, 6], "be to": []}.items():
        atoms = parse_keywords(phrase).atoms
        assert opened.rows_holding(atoms).tolist() == rows
        for among in ([], [1], [0, 2, 4, 6], [3, 5]):
            wanted = [row for row in rows if row in among]
            assert opened.rows_holding(atoms, np.array(among, np.int64)).tolist() == wanted


def test_conditions_are_told_apart_from_scores(index: Index) -> None:
    opened = index(["sun and rain", "rain", "sun"])
    assert opened.matches(parse_keywords("sun rain")) is None
    held = opened.matches(parse_keywords("rain -sun"))
    assert held is not None
    assert held.rows().tolist() == [1]
    assert (opened.shares(parse_keywords("rain -sun"), "en") > 0).tolist() == [True, True, False]


@given(
    st.lists(st.tuples(st.text("abcde 東と+-1", max_size=40), st.sampled_from(["en", "ja", "und"])), max_size=8),
    st.lists(st.integers(0, 9), max_size=12),
)
@example([("", "en")], [0])
def test_rows_carried_over_make_the_same_bytes_as_rows_that_are_cut(
    tmp_path_factory: pytest.TempPathFactory, before: list[tuple[str, str]], order: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("carried")
    write(folder / "before", before, 5)
    picked = [before[row] if row < len(before) else (f"new {row} words", "fr") for row in dict.fromkeys(order)]
    write(folder / "cut", picked, 2**22)
    carrying = KeywordIndexWriter(folder / "carried", run=4, before=KeywordIndex(folder / "before"))
    for row, (text, language) in zip(dict.fromkeys(order), picked, strict=True):
        if row < len(before):
            carrying.carry(row, language)
        else:
            carrying.add([text], [language])
    carrying.close()
    assert (folder / "carried").read_bytes() == (folder / "cut").read_bytes()


def write(path: Path, rows: Sequence[tuple[str, str]], run: int) -> None:
    writer = KeywordIndexWriter(path, run=run)
    writer.add([text for text, _ in rows], [language for _, language in rows])
    writer.close()


def test_a_word_of_a_thousand_occurrences_is_carried_over_too(tmp_path: Path) -> None:
    rows = [("rain " * 1000, "en"), ("rain sun", "en")]
    write(tmp_path / "before", rows, 2**22)
    carrying = KeywordIndexWriter(tmp_path / "carried", before=KeywordIndex(tmp_path / "before"))
    carrying.carry(0, "en")
    carrying.carry(1, "en")
    carrying.close()
    assert (tmp_path / "carried").read_bytes() == (tmp_path / "before").read_bytes()


@given(st.lists(st.text("ab 東と+-", max_size=12), min_size=1, max_size=8), st.text("ab 東と", min_size=1, max_size=5))
def test_phrases_are_those_of_the_text(tmp_path_factory: pytest.TempPathFactory, texts: list[str], phrase: str) -> None:
    path = tmp_path_factory.mktemp("phrases") / "k"
    writer = KeywordIndexWriter(path, run=7)
    writer.add(texts, ["en", "ja"] * (len(texts) // 2) + ["fr"] * (len(texts) % 2))
    writer.close()
    wanted = find_atoms(phrase)
    held = KeywordIndex(path).matches(parse_keywords(f'"{phrase}"'))
    lone = len(wanted) == 1 and wanted[0].kind == "character"
    if not wanted or lone:
        assert held is None
    elif all(atom.kind == "word" for atom in wanted):
        assert held is not None
        words = [atom.text for atom in wanted]
        assert held.rows().tolist() == [row for row, text in enumerate(texts) if _holds(text, words)]


def _holds(text: str, words: list[str]) -> bool:
    found = [atom.text for atom in find_atoms(text)]
    return any(found[i : i + len(words)] == words for i in range(len(found)))


def test_each_language_has_shares_of_its_own(news: KeywordIndex) -> None:
    query = parse_keywords("f-35")
    held = {language: np.flatnonzero(news.shares(query, language)).tolist() for language in news.languages}
    place = {language: [row] for row, language in enumerate(NEWS)}
    assert {language for language, rows in held.items() if rows} >= {"en", "fr", "tr"}
    assert all(rows in ([], place[language]) for language, rows in held.items())


def test_a_pasted_article_is_looked_up_by_the_words_that_tell_most(index: Index) -> None:
    texts = [f"common rare{chr(97 + i // 26)}{chr(97 + i % 26)} filler" for i in range(100)]
    opened = index(texts)
    query = parse_keywords(" ".join(texts))
    scores = opened.shares(query, "en")
    assert len(opened._choose(query)) == MOST_TERMS
    assert "common" not in opened._choose(query)
    assert np.count_nonzero(scores) == 100  # each rare word's first letters are those of the others


@pytest.mark.parametrize("query", ["", "?!", "the", "-only", "\u200f\u202b", "א東a" * 50, "x" * 50_000, "\ud800 a"])
def test_odd_queries_are_answered(news: KeywordIndex, query: str) -> None:
    scores = _scores(news, parse_keywords(query))
    assert scores.shape == (len(NEWS),)
    assert np.isfinite(scores).all()
    assert scores.min() >= 0


@given(st.text(max_size=80))
def test_whatever_is_asked_a_score_is_above_nothing_only_where_a_term_is_held(news: KeywordIndex, query: str) -> None:
    parsed = parse_keywords(query)
    held = news.held(parsed)
    for language in news.languages:
        assert held[language] == 0 or news.shares(parsed, language).max() > 0


def test_an_index_of_nothing_finds_nothing(index: Index) -> None:
    for texts in ([], ["", "…"]):
        opened = index(texts, ["und"] * len(texts))
        assert opened.count == len(texts)
        assert _found(opened, '"some words" +or -others') == []
        assert _idf(opened, "rain") == pytest.approx(math.log1p((len(texts) + 0.5) / 0.5))


@pytest.mark.parametrize("run", [1, 40, 300])
def test_the_same_passages_make_the_same_bytes_however_they_are_merged(index: Index, tmp_path: Path, run: int) -> None:
    texts, languages = list(NEWS.values()) * 3, list(NEWS) * 3
    index(texts, languages, name="whole")
    index(texts, languages, name="runs", run=run)
    assert (tmp_path / "runs").read_bytes() == (tmp_path / "whole").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs", "whole"]


def test_what_a_killed_build_left_is_no_hindrance(index: Index, tmp_path: Path) -> None:
    writer = KeywordIndexWriter(tmp_path / "k", run=1)
    writer.add(["left behind"], ["en"])
    assert _found(index(["rain"]), "left rain") == [0]


def test_a_damaged_index_is_refused(index: Index, tmp_path: Path) -> None:
    index(["rain in Spain"])
    path = tmp_path / "k"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(IndexCorruptError, match=rf"k has {len(whole) - 1} bytes, wanted {len(whole)}"):
        KeywordIndex(path)
    path.write_bytes(b"no index at all")
    with pytest.raises(IndexCorruptError, match="k is damaged: its first line is no header"):
        KeywordIndex(path)
    path.write_bytes(whole.replace(b'"passages":1', b'"passages":2'))
    with pytest.raises(IndexCorruptError, match="k is damaged: its passages or postings do not add up"):
        KeywordIndex(path)
    path.unlink()
    with pytest.raises(IndexCorruptError, match=r"cannot read .*k: No such file"):
        KeywordIndex(path)


def test_an_index_of_another_version_is_refused(index: Index, tmp_path: Path) -> None:
    index(["rain"])
    path = tmp_path / "k"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"version":4', b'"version":7'))
    with pytest.raises(IndexFormatError, match="k is of version 7, this version of Dateline reads 4"):
        KeywordIndex(path)
    path.write_bytes(whole.replace(b'"terms":3', b'"terms":0'))
    with pytest.raises(IndexFormatError, match="k holds terms of version 0, this version of Dateline makes 3"):
        KeywordIndex(path)


def test_every_passage_needs_a_language(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="shorter"):
        KeywordIndexWriter(tmp_path / "k").add(["a", "b"], ["en"])


def test_a_query_need_not_come_from_the_parser(news: KeywordIndex) -> None:
    query = KeywordQuery("-ndege", tuple(find_atoms("-ndege")))
    assert list(NEWS)[int(np.argmax(_scores(news, query)))] == "sw"


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("što je bilo u tvornici tijekom tjedna", "sr"),  # clearly Croatian, of which there is nothing
        ("što kaže nogometni savez nakon utakmice u tvornici", ""),
        ("the factory", "en"),
        ("la fabrique", ""),
    ],
)
def test_a_query_is_in_a_language_of_the_index_that_holds_most_of_its_words(
    index: Index, query: str, language: str
) -> None:
    opened = index(["što je bilo u tvornici tijekom tjedna", "the factory is the largest"], ["sr", "en"])
    assert find_language(parse_keywords(query), opened) == language


def test_an_index_without_passages_has_no_language(index: Index) -> None:
    assert find_language(parse_keywords("the factory"), index([])) == ""
