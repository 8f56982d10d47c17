"""Whether a quotation stands in an article or anywhere: exactly, nearly, or in another language."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from indexer.encoders.protocol import Encoder
from indexer.errors import NotFoundError, QueryError
from indexer.generations.store import open_current
from indexer.keywords.query_syntax import as_plain, parse_keywords
from search_api.app import create_app
from search_api.records.quotations import Verification
from search_api.search import quotations
from search_api.search.searcher import IndexSearcher
from search_api.service.settings import Settings

FERRY = "ferry-fr"


@pytest.fixture(scope="module")
def seeds(seed_index: Path, embedded: Encoder) -> IndexSearcher:
    return IndexSearcher(open_current(seed_index), embedded)


@pytest.fixture(scope="module")
def sentence(seeds: IndexSearcher) -> str:
    """A sentence of the French report on the ferry: where it was when it struck the rocks."""
    return seeds.article(FERRY).passages[1].text.split(" Onze")[0]


def _first(found: Verification, seeds: IndexSearcher) -> tuple[str, str, str]:
    """Return verdict, article and words of the best match, which stand in the article where it says."""
    match = found.matches[0]
    assert seeds.article(match.article.article_id).body[match.start : match.end] == match.text
    passage = seeds.passage(match.passage_id).passage
    assert passage.start <= match.start < passage.end or match.start < passage.start
    return found.verdict, match.article.article_id, match.text


def test_a_sentence_is_found_word_for_word(seeds: IndexSearcher, sentence: str) -> None:
    assert _first(seeds.verify(sentence), seeds) == ("exact", FERRY, sentence)
    assert _first(seeds.verify(sentence, FERRY), seeds) == ("exact", FERRY, sentence)


@pytest.mark.parametrize("written", ["« {} »", '"{}"', "“{}”", "  {}\n"])
def test_quotation_marks_and_white_space_around_it_do_not_count(
    seeds: IndexSearcher, sentence: str, written: str
) -> None:
    assert _first(seeds.verify(written.format(sentence)), seeds) == ("exact", FERRY, sentence)


def test_the_form_of_marks_and_white_space_does_not_count(seeds: IndexSearcher, sentence: str) -> None:
    assert "’" in sentence
    typed = sentence.replace("’", "'").replace(" ", "\n  ").replace("é", "e\u0301")
    assert _first(seeds.verify(typed), seeds) == ("exact", FERRY, sentence)


def test_a_quotation_over_the_end_of_a_paragraph_is_found(seeds: IndexSearcher) -> None:
    article = seeds.article(FERRY)
    first, second = article.passages[0].text.split()[-6:], article.passages[1].text.split()[:6]
    verdict, where, words = _first(seeds.verify(" ".join(first + second)), seeds)
    assert (verdict, where, words.split()) == ("exact", FERRY, first + second)


def test_what_differs_is_named(seeds: IndexSearcher, sentence: str) -> None:
    found = seeds.verify(sentence.replace("compagnie", "société").replace("une purée de pois", "un brouillard"))
    assert _first(found, seeds)[:2] == ("near", FERRY)
    assert [(each.quoted, each.found) for each in found.matches[0].differences] == [
        ("société", "compagnie"),
        ("un brouillard,", "une purée de pois,"),
    ]


def test_other_capitals_are_a_difference(seeds: IndexSearcher, sentence: str) -> None:
    found = seeds.verify(sentence.upper())
    assert found.verdict == "near"
    assert found.matches[0].differences


def test_in_another_language_the_sentence_that_says_the_same_is_marked_as_such(seeds: IndexSearcher) -> None:
    found = seeds.verify("The ferry was off Port Selwyn in thick fog when it struck the rocks.")
    verdict, where, words = _first(found, seeds)
    assert (verdict, where) == ("translation", FERRY)
    assert "Port Selwyn" in words
    assert 0.5 <= (found.matches[0].similarity or 0) <= 1


@pytest.mark.parametrize(
    ("quotation", "article"),
    [
        ("Nobody said this about bananas in the moonlight.", ""),
        ("The prime minister said that he would resign on Tuesday.", ""),
        ("Bananas", FERRY),
    ],
)
def test_what_nobody_said_is_not_found(seeds: IndexSearcher, quotation: str, article: str) -> None:
    found = seeds.verify(quotation, article)
    assert (found.verdict, list(found.matches)) == ("not_found", [])


def test_a_quotation_is_looked_for_in_its_article_alone(seeds: IndexSearcher, sentence: str) -> None:
    assert seeds.verify(sentence, "ferry-en").verdict in {"translation", "not_found"}
    with pytest.raises(NotFoundError):
        seeds.verify(sentence, "nobody")


@pytest.mark.parametrize("quotation", ["", "   ", "“…”", "--"])
def test_a_quotation_without_words_is_refused(seeds: IndexSearcher, quotation: str) -> None:
    with pytest.raises(QueryError, match="has no words"):
        seeds.verify(quotation)


def test_a_long_hostile_quotation_is_answered(seeds: IndexSearcher) -> None:
    for quotation in ("ab-" * 650, '"+-' * 300 + "x", "a\u0301" * 900, "渡轮" * 900):
        assert seeds.verify(quotation).verdict == "not_found"


@pytest.mark.parametrize(
    "text", ['he said "no way" and left', "+required -excluded", "＋全角 －全角 ＂引用＂", "a -20 b - c F-35"]
)
def test_in_a_plain_text_nothing_is_syntax(text: str) -> None:
    query = parse_keywords(as_plain(text))
    assert (query.phrases, query.required, query.excluded) == ((), (), ())
    assert as_plain("F-35 and a-b") == "F-35 and a-b"


def test_the_service_verifies(seeds: IndexSearcher, sentence: str) -> None:
    client = TestClient(create_app(Settings(), searcher=seeds))
    found = client.post("/verify", json={"quote": sentence, "article_id": FERRY}).json()
    assert (found["verdict"], found["matches"][0]["text"]) == ("exact", sentence)
    assert found["matches"][0]["article"]["source"] == "Le Courrier du Littoral"
    assert client.post("/verify", json={"quote": "x", "article_id": "nobody"}).status_code == 404
    assert client.post("/verify", json={"quote": "…"}).status_code == 422


def test_a_passage_is_returned_with_its_article(seeds: IndexSearcher) -> None:
    client = TestClient(create_app(Settings(), searcher=seeds))
    found = client.get(f"/passages/{FERRY}%231").json()
    article = client.get(f"/articles/{FERRY}").json()
    assert found["passage"] == article["passages"][1]
    assert found["article"]["article_id"] == FERRY
    for wrong in (FERRY, f"{FERRY}%23", f"{FERRY}%2399", f"{FERRY}%2301", f"{FERRY}%23-1", "%231", f"{FERRY}%23١"):
        assert client.get(f"/passages/{wrong}").status_code == 404


def test_similar_articles_tell_of_the_same_in_any_language(seeds: IndexSearcher) -> None:
    client = TestClient(create_app(Settings(), searcher=seeds))
    found = client.get(f"/articles/{FERRY}/similar", params={"facets": "language", "limit": 3}).json()
    ids = [hit["article_id"] for hit in found["hits"]]
    assert set(ids[:2]) == {"ferry-en", "ferry-tr"}
    assert FERRY not in ids
    assert sum(each["count"] for each in found["facets"]["language"]["values"]) == found["total"]
    turkish = client.get(f"/articles/{FERRY}/similar", params={"language": "tr"}).json()
    assert [hit["article_id"] for hit in turkish["hits"]] == ["ferry-tr"]
    following = client.get(f"/articles/{FERRY}/similar", params={"limit": 3, "cursor": found["cursor"]}).json()
    assert not set(ids) & {hit["article_id"] for hit in following["hits"]}
    other = client.get("/articles/ferry-en/similar", params={"limit": 3, "cursor": found["cursor"]})
    assert other.status_code == 422
    assert client.get("/articles/nobody/similar").status_code == 404


def test_copies_of_an_article_are_its_family_and_not_similar(seeds: IndexSearcher) -> None:
    client = TestClient(create_app(Settings(), searcher=seeds))
    family = client.get("/articles/wire-oil-1").json()["family"]
    assert {each["article_id"] for each in family} == {"wire-oil-2", "wire-oil-3"}
    dates = [each["published"] for each in family]
    assert dates == sorted(dates)
    hits = client.get("/articles/wire-oil-1/similar").json()["hits"]
    assert not {hit["article_id"] for hit in hits} & {"wire-oil-1", "wire-oil-2", "wire-oil-3"}


def test_however_many_hold_the_words_only_some_text_is_compared(
    seeds: IndexSearcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    body = seeds._catalogue.body
    monkeypatch.setattr(seeds._catalogue, "body", lambda number: read.append(number) or body(number))  # type: ignore[func-returns-value]
    monkeypatch.setattr(quotations, "_MOST_COMPARED", 3_000)
    seeds.verify("THE")
    assert 0 < len(read) <= 4 + 12  # word for word, and then in what is most like it
