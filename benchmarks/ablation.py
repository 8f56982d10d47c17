"""Measure what each step of the ranking contributes, by leaving out one step at a time.

    python benchmarks/ablation.py --data DIR [--cache DIR] [--every N]

DIR is the data folder of quality.py, and the measures are the same. One query in N of each set is asked.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from asking import Asker, Measure, Relevant, Rows, ap, ndcg
from pools import read_qrels
from quality import PARALLEL, Bench, story
from rich.console import Console
from rich.table import Table

from indexer.encoders.embedded import LANGUAGES
from indexer.keywords.query_syntax import parse_keywords
from search_api.choices import Order
from search_api.ranking import fusion
from search_api.ranking.query_language import find_language

_WORDS = {"WORDS": 0.0, "ARTICLE_WORDS": 0.0, "LEAD_WORDS": 0.0}
STEPS: dict[str, dict[str, Any]] = {
    "the whole ranking": {},
    "without the best sentence": {"SENTENCE": 0.0},
    "without the article's mean": {"ARTICLE": 0.0, "DENSE": 1 + fusion.LEAD},
    "without the first passage, in both scores": {"LEAD": 0.0, "LEAD_WORDS": 0.0, "DENSE": 1 + fusion.ARTICLE},
    "without the words of the whole article": {"ARTICLE_WORDS": 0.0},
    "without the words of the passage": {"WORDS": 0.0},
    "without the keyword score": _WORDS,
    "without the seed": {"FEEDBACK": 0.0},
    "without names": {"NAMES": 0.0, "NAMED": 0.0, "NAMED_UNKNOWN": 0.0},
    "with every seed trusted alike": {"trust": lambda _relevance: 1.0},
    "without the relevance": {"ORDER": 0.0},
    "without its order for one's own language": {"transplant": lambda everywhere, _hybrid, _own, _ties: everywhere},
}
"""For each variant, the attributes of ``fusion`` that are replaced."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A labelled set, and the measure that is used on it."""

    name: str
    asker: Asker
    relevant: Relevant
    measure: Measure
    order: Order = Order.BEST_ANYWHERE

    def value(self, rankings: list[Rows]) -> str:
        """Return the mean of the measure over all queries, as text."""
        return f"{self.asker.values(rankings, self.relevant, self.measure).mean():.3f}"

    def by_centred_vectors(self) -> list[Rows]:
        """Rank by the cosine of query and passage, both centred by language."""
        generation, asker = self.asker.generation, self.asker
        signals = generation.signals
        languages = generation.columns.language_of.astype(np.int64)
        passages = signals.centring.centre(generation.vectors.rows(slice(None)), languages)[0]
        asked = [find_language(parse_keywords(text), generation.keywords) for text in asker.texts]
        spoken = np.array([generation.columns.languages.index(language) for language in asked])
        queries = signals.centring.centre(asker.vectors, spoken)[0]
        return [np.argsort(-(passages @ vector), kind="stable")[:100] for vector in queries]


def sets(bench: Bench, data: Path, every: int) -> Iterator[Measured]:
    """Yield the labelled sets, with one query in ``every``."""
    path = data / "ntrex_headline30"
    everywhere, same = read_qrels(path / "qrels_all.tsv.gz"), read_qrels(path / "qrels_same_language.tsv")
    ntrex = _thinned(bench.ask(path, "ntrex15", story, LANGUAGES), every)
    yield Measured("ntrex, all languages", ntrex, everywhere, ndcg)
    every_language = _thinned(bench.ask(path, "ntrex30", story, None), 2 * every)
    yield Measured("ntrex, 30 languages", every_language, everywhere, ndcg)
    yield Measured("ntrex, my language first", ntrex, same, ndcg, Order.MY_LANGUAGE_FIRST)
    path = data / "xquadr_paragraph"
    xquad = _thinned(bench.ask(path, "xquad", lambda line: line["_id"], PARALLEL), 5 * every)
    yield Measured("xquad, all languages (mAP)", xquad, read_qrels(path / "qrels.tsv"), ap)
    for language in ("en", "sw"):
        path = data / "known_item_masakhane" / language
        asker = _thinned(bench.ask(path, language, lambda line: line["article"], None), every)
        judged = replace(asker, documents=[name.split("#p")[0] for name in asker.documents])
        yield Measured(f"masakhane {language}", judged, read_qrels(path / "qrels_article.tsv"), ndcg)


def _thinned(asker: Asker, every: int) -> Asker:
    return replace(asker, ids=asker.ids[::every], texts=asker.texts[::every], vectors=asker.vectors[::every])


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--cache", type=Path, help="keep vectors here, so that a second run encodes nothing")
    parser.add_argument("--every", type=int, default=3, metavar="N", help="ask one query in N (default: 3)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(arguments.data, Path(folder), arguments.cache or Path(folder) / "cache", quick=False)
        measured = list(sets(bench, arguments.data, arguments.every))
        table = Table("ranking", *(each.name for each in measured), box=None)
        table.add_row("passage vectors", *(each.value(each.asker.by_vectors()) for each in measured))
        table.add_row("less the mean of their language", *(each.value(each.by_centred_vectors()) for each in measured))
        for step, otherwise in STEPS.items():
            with ExitStack() as patches:
                for name, value in otherwise.items():
                    patches.enter_context(patch.object(fusion, name, value))
                table.add_row(step, *(each.value(each.asker.ranked(each.order)) for each in measured))
        Console(width=160).print(table)


if __name__ == "__main__":
    main()
