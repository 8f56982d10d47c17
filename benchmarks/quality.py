"""How good the ranking is, on public labelled news in many languages.

    python benchmarks/quality.py --data DIR [--cache DIR] [--quick] [--json]

DIR holds ntrex_headline30, xquadr_paragraph and known_item_masakhane in BEIR layout. Each set becomes a generation of
the embedded encoder; its queries go through the ranking as the search does. Figures are given for all queries and, in
brackets, for the two halves by a hash of their ids: constants were chosen on the first ("dev") alone.
"""

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from figures import Figure, Figures, figure, print_figures
from numpy.typing import NDArray
from pools import LabelledPassage, in_languages, index_passages, read_lines, read_qrels

from indexer.encoders.choose import open_encoder
from indexer.encoders.embedded import LANGUAGES
from indexer.generation import Generation
from indexer.keyword_query import parse_keywords
from search_api.query import Order
from search_api.ranking.query_language import find_language
from search_api.ranking.ranked import Asked
from search_api.ranking.ranker import Ranker

PARALLEL = ("ar", "de", "en", "es", "ru", "th", "tr", "zh")
_QUICK = 15
_DEPTH = 100
Rows = NDArray[np.int64]
Relevant = dict[str, set[str]]
Measure = Callable[[list[bool], int], float]


@dataclass(frozen=True, slots=True)
class Asker:
    """The queries of a set, and the passages that they are asked of."""

    ids: list[str]
    texts: list[str]
    vectors: NDArray[np.float32]
    generation: Generation
    documents: list[str]
    """What each passage is judged as."""

    def ranked(self, order: Order = Order.BEST_ANYWHERE) -> list[Rows]:
        """Rank the passages for each query, its language found out as the search does."""
        ranker, rankings = Ranker(self.generation), []
        for vector, text in zip(self.vectors, self.texts, strict=True):
            keywords = parse_keywords(text)
            language = find_language(keywords, self.generation.keywords)
            rankings.append(ranker.rank(Asked(vector, keywords, language, order)).rows)
        return rankings

    def by_vectors(self) -> list[Rows]:
        """Rank by the cosine of query and passage alone."""
        passages = self.generation.vectors.rows(slice(None))
        return [np.argsort(-(passages @ vector), kind="stable")[:_DEPTH] for vector in self.vectors]

    def by_words(self) -> list[Rows]:
        """Rank by BM25 of passages alone, in a corpus of one language."""
        (language,), keywords = self.generation.keywords.languages, self.generation.keywords
        scores = (keywords.shares(parse_keywords(text), language) for text in self.texts)
        return [np.argsort(-each, kind="stable")[:_DEPTH] for each in scores]

    def values(self, rankings: list[Rows], relevant: Relevant, measure: Measure) -> NDArray[np.float64]:
        """Judge a ranking of each query; a document stands where its best passage stands."""
        held, values = set(self.documents), []
        for query, rows in zip(self.ids, rankings, strict=True):
            wanted = relevant[query] & held
            names = dict.fromkeys(self.documents[row] for row in rows)
            values.append(measure([name in wanted for name in names], len(wanted)))
        return np.array(values)

    def figure(self, rankings: list[Rows], relevant: Relevant, measure: Measure, target: float | None = None) -> Figure:
        """Return the mean over the queries, and over each half of them."""
        values = self.values(rankings, relevant, measure)
        dev = np.array([_hash(query) % 2 == 0 for query in self.ids])
        how = f"{len(values):,} queries (dev {values[dev].mean():.3f}, test {values[~dev].mean():.3f})"
        return figure(round(float(values.mean()), 4), target, "higher", how)


class Bench:
    """The sets of a data folder, their generations in a working folder."""

    def __init__(self, data: Path, work: Path, cache: Path, *, quick: bool) -> None:
        self._data, self._work, self._cache, self._quick = data, work, cache, quick
        self._encoder = open_encoder()
        self.figures: Figures = {}

    def ntrex(self) -> None:
        """Headlines to the passages of their stories: 15 languages that the encoder knows, and 30, in one pool."""
        path = self._data / "ntrex_headline30"
        everywhere, same = read_qrels(path / "qrels_all.tsv.gz"), read_qrels(path / "qrels_same_language.tsv")
        for name, languages in (("15", LANGUAGES), ("30", None)):
            asker = self._ask(path, f"ntrex{name}", lambda line: line["_id"].rsplit("#", 1)[0], languages)
            all_named, own_named = f"ntrex {name} languages, all qrels, nDCG@10", f"ntrex {name} languages, own qrels"
            known = languages is not None
            self.figures[f"{all_named}: vectors alone"] = asker.figure(asker.by_vectors(), everywhere, ndcg)
            self.figures[f"{own_named}: vectors alone"] = asker.figure(asker.by_vectors(), same, ndcg)
            self.figures[all_named] = asker.figure(asker.ranked(), everywhere, ndcg, 0.87 if known else None)
            first = asker.ranked(Order.MY_LANGUAGE_FIRST)
            self.figures[f"{own_named}, my language first"] = asker.figure(first, same, ndcg, 0.82 if known else None)

    def xquad(self) -> None:
        """Questions to paragraphs: one pool of eight languages, and each language by itself."""
        path = self._data / "xquadr_paragraph"
        everywhere, same = read_qrels(path / "qrels.tsv"), read_qrels(path / "qrels_same_language.tsv")
        asker = self._ask(path, "xquad", lambda line: line["_id"], PARALLEL)
        self.figures["xquad one pool, mAP: vectors alone"] = asker.figure(asker.by_vectors(), everywhere, ap)
        self.figures["xquad one pool, mAP"] = asker.figure(asker.ranked(), everywhere, ap, 0.93)
        alone, ranked = [], []
        for language in PARALLEL:
            asker = self._ask(path, f"xquad-{language}", lambda line: line["_id"], {language})
            alone.append(asker.values(asker.by_vectors(), same, ndcg).mean())
            ranked.append(asker.values(asker.ranked(), same, ndcg).mean())
        how = "mean of eight languages, each its own pool"
        self.figures["xquad own pools, nDCG@10: vectors alone"] = figure(float(np.mean(alone)), None, "higher", how)
        self.figures["xquad own pools, nDCG@10"] = figure(float(np.mean(ranked)), 0.97, "higher", how)

    def masakhane(self) -> None:
        """Headlines to their articles, in languages that the encoder knows and in others."""
        for language in ("en", "fr", "am", "ha", "so", "sw"):
            path = self._data / "known_item_masakhane" / language
            asker = self._ask(path, f"masakhane-{language}", lambda line: line["article"], None)
            judged = replace(asker, documents=[name.split("#p")[0] for name in asker.documents])
            relevant = read_qrels(path / "qrels_article.tsv")
            legs = {": vectors alone": judged.by_vectors(), ": BM25 alone": judged.by_words(), "": judged.ranked()}
            for leg, rankings in legs.items():
                self.figures[f"masakhane {language}, article nDCG@10{leg}"] = judged.figure(rankings, relevant, ndcg)

    def _ask(
        self, path: Path, name: str, article: Callable[[dict[str, str]], str], languages: Collection[str] | None
    ) -> Asker:
        lines = read_lines(path / "corpus.jsonl.gz")
        every = (LabelledPassage(line["_id"], article(line), line["text"], line["language"]) for line in lines)
        passages = list(in_languages(every, languages))
        generation = index_passages(passages, self._work / name, self._encoder, self._cache)
        asked = read_lines(path / "queries.jsonl.gz")
        queries = [line for line in asked if not languages or line["language"] in languages]
        if self._quick:
            queries = [line for line in queries if _hash(line["_id"]) % _QUICK == 0]
        texts = [line["text"] for line in queries]
        vectors = self._encoder.encode_queries(texts)
        return Asker([line["_id"] for line in queries], texts, vectors, generation, [each.id for each in passages])


def ndcg(right: list[bool], relevant: int) -> float:
    """Return nDCG@10 of a ranking whose relevant documents are all equally so."""
    gains = 1 / np.log2(np.arange(2, 12))
    return float(gains[: len(right)] @ np.array(right[:10], float) / max(gains[: min(relevant, 10)].sum(), 1e-9))


def ap(right: list[bool], relevant: int) -> float:
    """Return the average precision of a ranking."""
    found = np.array(right, float)
    return float((np.cumsum(found) / np.arange(1, len(found) + 1)) @ found / max(relevant, 1))


def _hash(query: str) -> int:
    return hashlib.sha1(query.encode(), usedforsecurity=False).digest()[0]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--cache", type=Path, help="keep vectors here, so that a second run encodes nothing")
    parser.add_argument("--quick", action="store_true", help="a fifteenth of the queries")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    arguments = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(arguments.data, Path(folder), arguments.cache or Path(folder) / "cache", quick=arguments.quick)
        bench.ntrex()
        bench.xquad()
        bench.masakhane()
    header = f"embedded encoder, one set of constants, {time.perf_counter() - began:,.0f} s"
    print_figures(bench.figures, header, arguments.json)


if __name__ == "__main__":
    main()
