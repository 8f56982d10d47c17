"""What makes a passage more relevant, and what does not."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from search_api.ranking.relevance import Clues, Standing, fourth_best, is_short, logit, relevance

Floats = NDArray[np.float32]


def _floats(*values: float) -> Floats:
    return np.array(values, np.float32)


def _clues(own: bool, *, short: bool = False) -> Clues:
    """Return what is known about three candidates that differ in nothing."""
    same = _floats(0.3, 0.3, 0.3)
    return Clues(
        own=np.full(3, own),
        own_language=Standing(same * 10, same * 0.1, same * 0.1, 1000),
        estimate=same,
        keywords=same,
        vectors=same,
        like_seed=same,
        names=same,
        named=same,
        held=same if short else None,
        words=2 if short else 0,
        seed=0.6,
        fit=0.4,
        fits=same,
        passages=5000,
    )


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize(
    ("own", "names"),
    [
        (True, ("vectors", "keywords", "above", "ahead", "words_ahead", "held")),
        (False, ("estimate", "vectors", "like_seed", "names", "named", "held")),
    ],
)
def test_more_of_any_evidence_never_lowers_the_relevance(own: bool, names: tuple[str, ...], short: bool) -> None:
    clues = _clues(own, short=short)
    rising = _floats(0.1, 0.4, 0.9)
    grown = []
    for name in names:
        if name in {"above", "ahead", "words_ahead"}:
            assert clues.own_language
            changed = replace(clues, own_language=replace(clues.own_language, **{name: rising}))
        elif name == "held" and not short:
            continue
        else:
            changed = replace(clues, **{name: rising})
        found = relevance(changed)
        assert (np.diff(found) >= 0).all(), name
        grown += [name] if (np.diff(found) > 0).all() else []
    assert len(grown) >= 3


def test_evidence_of_the_own_language_says_nothing_about_others_and_the_reverse() -> None:
    own, others = _clues(own=True), _clues(own=False)
    rising = _floats(0.1, 0.4, 0.9)
    assert np.ptp(relevance(replace(own, names=rising, named=rising, like_seed=rising, fits=rising))) == 0
    assert np.ptp(relevance(replace(others, keywords=rising))) == 0


def test_a_story_needs_more_evidence_among_more_passages() -> None:
    for own in (True, False):
        few = _clues(own)
        assert few.own_language
        many = replace(few, passages=5_000_000, own_language=replace(few.own_language, passages=1_000_000))
        assert (relevance(many) < relevance(few)).all()


def test_without_a_passage_in_the_querys_language_relevance_is_told_by_the_rest() -> None:
    found = relevance(replace(_clues(own=False), own_language=None, estimate=_floats(0.1, 0.5, 0.9)))
    assert (np.diff(found) > 0).all()


@pytest.mark.parametrize(
    ("text", "words", "short"),
    [
        ("Barack Obama", 2, True),
        ("Bundesverfassungsgericht Karlsruhe Urteil", 3, False),
        ("洪水 被害", 2, True),
        ("北京时间今天上午九点中国国家航天局宣布", 2, False),
        ("น้ำท่วม", 1, True),
        ("who won it all", 0, False),  # no word of a longer query is looked up by itself
    ],
)
def test_a_short_query_is_a_few_words_of_few_letters(text: str, words: int, short: bool) -> None:
    assert is_short(text, words) is short


def test_the_fourth_best_article_counts_by_its_best_passage() -> None:
    scores, articles = _floats(0.9, 0.8, 0.7, 0.6, 0.5, 0.1, 0.2), np.array([1, 1, 2, 3, 4, 4, 5])
    assert fourth_best(scores, articles, -1.0) == pytest.approx(0.5)
    assert fourth_best(scores[:4], articles[:4], -1.0) == -1.0
    assert fourth_best(scores[:0], articles[:0], 0.3) == 0.3


def test_logits_of_what_is_certain_are_finite() -> None:
    assert logit(_floats(0, 0.5, 1)).tolist() == pytest.approx([-6.2126, 0, 6.2126], abs=1e-3)
