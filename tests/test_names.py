"""Articles in languages that the encoder does not know are found by the names that they share with a known one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.encoders.protocol import Encoder
from indexer.generations import store
from indexer.generations.generation import Generation
from indexer.generations.report import BuildReport
from indexer.keywords.query_syntax import parse_keywords
from indexer.rows import RowSet
from search_api.ranking import names
from search_api.ranking.forms import OtherForms
from search_api.ranking.names import NO_NAMES, NameFinder
from search_api.ranking.ranked import RankingRequest
from search_api.ranking.ranker import Ranker

FILLER = "The council of the town met on day {} and spoke of roads and of schools for the region."
STORIES = {
    "en": (
        "en",
        "Marek Dolan, captain of the ferry Aurelia, was questioned in Port Selwyn over 41,300 litres of fuel.",
    ),
    "el": ("el", "Ο Μάρεκ Ντόλαν, κυβερνήτης του πλοίου Αουρέλια, ανακρίθηκε στο Πορτ Σέλγουιν."),
    "sw": ("sw", "Marek Dolan, nahodha wa kivuko Aurelia, alihojiwa huko Port Selwyn kuhusu lita 41,300."),
    "other": ("sw", "Waziri Juma Komba alizungumza huko Marekani kuhusu barabara na shule."),
    "marek": ("en", "Marek Novak spoke of the weather."),
}


@pytest.fixture
def generation(build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path) -> Generation:
    fillers = {f"filler{n}": ("en", FILLER.format(n)) for n in range(200)}
    build(write_jsonl(*({"id": i, "language": of, "text": text} for i, (of, text) in (STORIES | fillers).items())))
    return store.open_current(tmp_path / "index")


@pytest.fixture
def finder(generation: Generation) -> NameFinder:
    forms = OtherForms(generation.vocabulary, generation.sounds)
    return NameFinder(generation, generation.columns, forms)


def _article(generation: Generation, name: str) -> int:
    return int(np.flatnonzero(generation.tables.article_column("id") == name)[0])


def _shares(generation: Generation, found: object) -> dict[str, float]:
    rows, share = found.rows, found.share  # type: ignore[attr-defined]
    ids = generation.tables.article_column("id")[generation.tables.passage_column("article")[rows]]
    return dict(zip(ids.tolist(), share.tolist(), strict=True))


def test_names_of_an_article_are_found_in_other_languages_and_scripts(
    generation: Generation, finder: NameFinder
) -> None:
    shares = _shares(generation, finder.of_article(_article(generation, "en")))
    assert shares["en"] == pytest.approx(1)
    assert shares["sw"] == pytest.approx(1)  # the same letters
    assert shares["el"] > 0.4  # another script
    assert 0 < shares["marek"] < 0.25
    assert "other" not in shares
    assert not any(name.startswith("filler") for name in shares)


def test_names_of_a_query_are_its_capitals_and_its_long_numbers(generation: Generation, finder: NameFinder) -> None:
    shares = _shares(generation, finder.of_query("Kwa nini Dolan alihojiwa kuhusu lita 41300?"))
    assert shares["sw"] == pytest.approx(1)
    assert shares["sw"] == pytest.approx(shares["en"])
    assert 0 < shares["el"] < 0.6
    assert finder.of_query("why was the captain questioned in the harbour").rows.size == 0
    assert finder.of_query("") is NO_NAMES


def test_a_name_that_stands_nowhere_lowers_all_shares_but_the_first_word_need_not_be_one(
    generation: Generation, finder: NameFinder
) -> None:
    alone = _shares(generation, finder.of_query("who is Dolan"))
    missing = _shares(generation, finder.of_query("who is Dolan of Wexcombe"))
    first = _shares(generation, finder.of_query("Whoever saw Dolan"))
    assert missing["sw"] == pytest.approx(alone["sw"] / (1 + np.log(len(STORIES) + 201) / 2 / _gain(2)), rel=0.02)
    assert first == pytest.approx(alone)


def _gain(rows: int) -> float:
    return float(np.log((len(STORIES) + 201) / rows))


def test_names_give_the_same_whether_they_are_looked_up_together_alone_or_again(
    generation: Generation, finder: NameFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    article, fresh = _article(generation, "en"), replace(generation)
    wanted = _shares(generation, finder.of_article(article))
    alone = NameFinder(fresh, fresh.columns, OtherForms(fresh.vocabulary, fresh.sounds))
    for name in ("Selwyn", "Dolan", "Aurelia", "Marek"):
        assert alone.of_query(f"of {name}").rows.size
    together = _shares(generation, finder.of_query("of Selwyn and Dolan on Aurelia"))
    monkeypatch.setattr(OtherForms, "heard_all", lambda self, names, **_: pytest.fail(f"{names} are known"))
    assert _shares(generation, finder.of_article(article)) == wanted
    assert _shares(generation, alone.of_query("of Selwyn and Dolan on Aurelia")) == together
    assert together["el"] > 0.2


def test_no_more_names_are_remembered_than_may_be(
    generation: Generation, finder: NameFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "_REMEMBERED", 2)
    before = _shares(generation, finder.of_query("of Marek Dolan, the captain of Aurelia, in Selwyn"))
    assert len(finder._known) == 2
    assert _shares(generation, finder.of_query("of Marek Dolan, the captain of Aurelia, in Selwyn")) == before


def test_a_common_word_is_no_name(generation: Generation, finder: NameFinder) -> None:
    assert finder.of_article(_article(generation, "filler7")).rows.size == 0
    assert finder.of_query("The Council of the Region").rows.size == 0


def test_a_share_of_passages_that_hold_no_name_is_nothing(generation: Generation, finder: NameFinder) -> None:
    found = finder.of_article(_article(generation, "en"))
    every = found.of(np.arange(generation.manifest.passages))
    assert np.count_nonzero(every) == found.rows.size
    assert NO_NAMES.of(np.arange(3)).tolist() == [0, 0, 0]


@pytest.mark.parametrize(("known", "found"), [(0.0, True), (1.0, False)])
def test_names_lead_to_languages_that_the_encoder_does_not_know(
    generation: Generation, word_encoder: Encoder, known: float, found: bool
) -> None:
    languages = {
        name: record.model_copy(update={"known": 1.0 if name == "en" else known})
        for name, record in generation.manifest.languages.items()
    }
    made = replace(generation, manifest=generation.manifest.model_copy(update={"languages": languages}))
    text = "Why was the captain of the ferry Aurelia questioned over 41,300 litres of fuel in Port Selwyn?"
    request = RankingRequest(word_encoder.encode_queries([text])[0], parse_keywords(text), "en")
    ranking = Ranker(made).rank(request)
    ids = generation.tables.article_column("id")[generation.tables.passage_column("article")[ranking.rows]].tolist()
    relevance = dict(zip(ids, ranking.relevance.tolist(), strict=True))
    assert ids[0] == "en"
    assert ({"el", "sw"} <= set(ids[:3])) == found
    assert (relevance.get("el", 0) > 0.2) == found
    filtered = Ranker(made).rank(request, among=RowSet.of(np.flatnonzero(made.tables.passage_languages() == "el")))
    assert set(made.tables.passage_languages()[filtered.rows]) <= {"el"}
