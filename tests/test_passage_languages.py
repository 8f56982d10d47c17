"""A passage in another language than its article has its language set; ordinary passages are not examined."""

import pytest

from indexer.article import Article, Passage
from indexer.passages import languages as passage_language
from indexer.passages.cutting import PassageLimits, cut_passages
from indexer.passages.languages import tell_languages

ENGLISH = (
    "The minister said in the parliament that the law on the harbour would be changed before the end of the year.",
    "The opposition said that the law had been written in haste and that the harbour would lose its best ships.",
    "The mayor of the town, who had asked for the law, said that the ships would come back to the harbour.",
)
FRENCH = (
    "Nous regrettons profondément que cette décision ait été prise sans consulter les habitants de notre commune, "
    "et nous demandons aujourd'hui une réunion publique avec tous les élus concernés."
)
RUSSIAN = "Мы сожалеем, что это решение было принято без обсуждения с жителями нашего города и его окрестностей."


def languages(*paragraphs: str, language: str = "en") -> list[str]:
    article = Article("a", "", "\n\n".join(paragraphs), None, language, "", "", "f")
    passages = cut_passages(article, PassageLimits(1, 256), lambda texts: [len(text.split()) for text in texts])
    return [passage.language for passage in tell_languages(article, passages)]


@pytest.mark.parametrize(("quote", "language"), [(FRENCH, "fr"), (RUSSIAN, "ru")])
def test_a_statement_quoted_in_its_own_language_is_known(quote: str, language: str) -> None:
    assert languages(ENGLISH[0], ENGLISH[1], quote, ENGLISH[2]) == ["", "", language, ""]


def test_passages_in_the_language_of_the_article_say_nothing() -> None:
    assert languages(*ENGLISH) == ["", "", ""]
    assert languages(FRENCH, language="fr") == [""]
    assert languages("渡轮周四清晨在浓雾中搁浅。", "海岸警卫队在三小时内救出大部分乘客。", language="zh") == ["", ""]


def test_only_what_stands_out_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(passage_language, "surely_another", lambda text, _: looked.append(text) or "")
    languages(*ENGLISH, FRENCH)
    assert looked == [FRENCH]


def test_no_passages_have_no_languages() -> None:
    article = Article("a", "", "text", None, "en", "", "", "f")
    no_passages: list[Passage] = []
    assert tell_languages(article, no_passages) == []
