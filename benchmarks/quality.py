"""Measure the quality of the ranking on public labelled news in many languages.

    python benchmarks/quality.py --data DIR [--cache DIR] [--quick] [--json]

DIR holds ntrex_headline30, xquadr_paragraph and known_item_masakhane in BEIR layout, and reuters21578_en. Each set
is indexed with the embedded encoder, and its queries are ranked as in the search. Figures are given for all queries
and, in brackets, for two halves that a hash of the query ids decides. The ranking's constants were chosen on the first
half ("dev").
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from asking import Asker, Relevant, ap, auc, half_of, ndcg
from figures import Figure, Figures, figure, print_figures
from pools import LabelledPassage, in_languages, index_passages, read_lines, read_qrels
from threadpoolctl import threadpool_limits

from indexer.encoders.choose import open_encoder
from indexer.encoders.embedded import LANGUAGES
from indexer.generations.generation import Generation
from indexer.rows import RowSet
from search_api.choices import Order
from search_api.ranking.candidates import Limits
from search_api.ranking.ranker import Ranker
from search_api.ranking.relevance import FLOOR

PARALLEL = ("ar", "de", "en", "es", "ru", "th", "tr", "zh")
MASAKHANE = ("en", "fr", "am", "ha", "so", "sw")
Article = Callable[[dict[str, str]], str]
"""Returns the article id of a line of a corpus file."""
_QUICK = 15
"""With --quick, one query in this many is asked."""
_MANY = 100_000
"""Passages in a pool for speed; more candidates than the other pools have passages."""
_EVERYTHING = Limits(_MANY, _MANY, _MANY)
"""With these limits the ranking scores every passage."""


class Bench:
    """Indexes the sets of a data folder in a working folder, and measures them."""

    def __init__(self, data: Path, work: Path, cache: Path, *, quick: bool) -> None:
        self._data, self._work, self._cache, self._quick = data, work, cache, quick
        self._encoder = open_encoder()
        self.figures: Figures = {}

    def ntrex(self) -> None:
        """Measure headlines as queries for the passages of their stories.

        There are two pools: 15 languages that the encoder knows, and 30 languages.
        """
        path = self._data / "ntrex_headline30"
        everywhere, same = read_qrels(path / "qrels_all.tsv.gz"), read_qrels(path / "qrels_same_language.tsv")
        for name, languages in (("15", LANGUAGES), ("30", None)):
            asker = self.ask(path, f"ntrex{name}", story, languages)
            all_named, own_named = f"ntrex {name} languages, all qrels, nDCG@10", f"ntrex {name} languages, own qrels"
            known = languages is not None
            self.figures[f"{all_named}: vectors alone"] = asker.figure(asker.by_vectors(), everywhere, ndcg)
            self.figures[f"{own_named}: vectors alone"] = asker.figure(asker.by_vectors(), same, ndcg)
            self.figures[all_named] = asker.figure(asker.ranked(), everywhere, ndcg, 0.87 if known else None)
            first = asker.ranked(Order.MY_LANGUAGE_FIRST)
            self.figures[f"{own_named}, my language first"] = asker.figure(first, same, ndcg, 0.82 if known else None)
            if known:
                self._answerable(asker, everywhere)
            self._filtered(asker, name)

    def xquad(self) -> None:
        """Measure questions as queries for paragraphs, in one pool of eight languages and in each language alone."""
        path = self._data / "xquadr_paragraph"
        everywhere, same = read_qrels(path / "qrels.tsv"), read_qrels(path / "qrels_same_language.tsv")
        asker = self.ask(path, "xquad", lambda line: line["_id"], PARALLEL)
        self.figures["xquad one pool, mAP: vectors alone"] = asker.figure(asker.by_vectors(), everywhere, ap)
        self.figures["xquad one pool, mAP"] = asker.figure(asker.ranked(), everywhere, ap, 0.93)
        alone, ranked = [], []
        for language in PARALLEL:
            asker = self.ask(path, f"xquad-{language}", lambda line: line["_id"], {language})
            alone.append(asker.values(asker.by_vectors(), same, ndcg).mean())
            ranked.append(asker.values(asker.ranked(), same, ndcg).mean())
        how = "mean of eight languages, each its own pool"
        self.figures["xquad own pools, nDCG@10: vectors alone"] = figure(float(np.mean(alone)), None, "higher", how)
        self.figures["xquad own pools, nDCG@10"] = figure(float(np.mean(ranked)), 0.97, "higher", how)

    def masakhane(self) -> None:
        """Measure headlines as queries for their articles, in languages that the encoder knows and in others."""
        for language in MASAKHANE:
            path = self._data / "known_item_masakhane" / language
            asker = self.ask(path, f"masakhane-{language}", lambda line: line["article"], None)
            judged = replace(asker, documents=[name.split("#p")[0] for name in asker.documents])
            relevant = read_qrels(path / "qrels_article.tsv")
            legs = {": vectors alone": judged.by_vectors(), ": BM25 alone": judged.by_words(), "": judged.ranked()}
            for leg, rankings in legs.items():
                self.figures[f"masakhane {language}, article nDCG@10{leg}"] = judged.figure(rankings, relevant, ndcg)

    def speed(self) -> None:
        """Measure the time from a warm query's text to its ranking.

        The queries are headlines. One pool has 100,000 passages of newswire, the other 100,000 passages of all sets.
        """
        articles = list(read_lines(self._data / "reuters21578_en" / "articles.jsonl.gz"))
        texts = ((one["id"], text) for one in articles for text in one["text"].split("\n\n") if text.strip())
        wire = [LabelledPassage(f"{name}#{number}", name, text, "en") for number, (name, text) in enumerate(texts)]
        ntrex = self._data / "ntrex_headline30"
        mixed = list(self._read(ntrex, story))
        for language in MASAKHANE:
            mixed += self._read(self._data / "known_item_masakhane" / language, lambda line: line["article"])
        known = [line["text"] for line in read_lines(ntrex / "queries.jsonl.gz") if line["language"] in LANGUAGES]
        share = len({each.language for each in mixed}), round(100 * min(1, len(mixed) / _MANY))
        kinds = {
            "in one language": (wire, [one["title"] for one in articles if one["title"]]),
            "in {} languages, {} % not newswire".format(*share): (mixed + wire, known),
        }
        for number, (kind, (passages, queries)) in enumerate(kinds.items()):
            folder = self._work / f"speed{number}"
            generation = index_passages(passages[:_MANY], folder, self._encoder, self._cache)
            self.figures[f"a warm query, 100,000 passages {kind}, p50 ms"] = self._warm(generation, queries)

    def _warm(self, generation: Generation, queries: list[str]) -> Figure:
        queries, took = queries[:: max(1, len(queries) // (_QUICK if self._quick else 300))], []
        with threadpool_limits(1):
            ranker = Ranker(generation)
            for text in queries:
                began = time.perf_counter()
                asker = Asker([text], [text], self._encoder.encode_queries([text]), generation, [])
                asker.ranking(ranker, 0)
                took.append(1000 * (time.perf_counter() - began))
        how = f"p95 {np.percentile(took, 95):.1f}; encoded and ranked on one thread, {len(took)} queries"
        return figure(float(np.median(took)), 15, "lower", how)

    def _answerable(self, asker: Asker, relevant: Relevant) -> None:
        """Measure how well the first hit's relevance separates queries with an answer from queries without one.

        Each query is asked twice: with its story in the index, and without it.
        """
        first = [(each.present.relevance[0], each.absent.relevance[0]) for each in asker.twins(relevant)]
        there, gone = np.array(first).T
        languages = np.array([query.rsplit("#", 1)[-1] for query in asker.ids])
        parts = {each: auc(there[languages == each], gone[languages == each]) for each in np.unique(languages)}
        least, most = min(parts, key=parts.__getitem__), max(parts, key=parts.__getitem__)
        how = f"{len(there):,} queries; lowest {least} {parts[least]:.3f}, highest {most} {parts[most]:.3f}"
        name = "answerable or not, AUC of the first hit's relevance"
        self.figures[name] = figure(auc(there, gone), 0.93, "higher", how)
        spread = parts[most] - parts[least]
        self.figures["answerable or not, AUC between languages"] = figure(spread, 0.03, "lower", "highest less lowest")

    def _filtered(self, asker: Asker, name: str) -> None:
        """Measure the recall of the first ten hits under filters, against a ranking that scores every passage.

        Only hits that are relevant enough to be shown count.
        """
        some, every = Ranker(asker.generation), Ranker(asker.generation, _EVERYTHING)
        articles = asker.generation.tables.passage_column("article")
        draw = np.random.default_rng(0)
        for share in (1, 0.5, 0.1, 0.01, 0.001):
            found = []
            for number in range(0, len(asker.ids), max(1, len(asker.ids) // 60)):
                passes = (draw.random(articles.max() + 1) < share)[articles] if share < 1 else None
                passing = None if passes is None else RowSet.of(np.flatnonzero(passes))
                ranking = asker.ranking(every, number, passing)
                exact = ranking.rows[:10][ranking.relevance[:10] >= FLOOR]
                if exact.size:
                    found.append(np.isin(exact, asker.ranking(some, number, passing).rows[:10]).mean())
            figure_name = f"ntrex {name} languages, {100 * share:g} % pass, recall@10 against exact"
            self.figures[figure_name] = figure(float(np.mean(found)), 1, "higher", f"{len(found)} queries")

    def ask(self, path: Path, name: str, article: Article, languages: Collection[str] | None) -> Asker:
        """Index the passages of a set and read its queries, in the given languages or in all (None)."""
        passages = list(in_languages(self._read(path, article), languages))
        generation = index_passages(passages, self._work / name, self._encoder, self._cache)
        asked = read_lines(path / "queries.jsonl.gz")
        queries = [line for line in asked if not languages or line["language"] in languages]
        if self._quick:
            queries = [line for line in queries if half_of(line["_id"]) % _QUICK == 0]
        texts = [line["text"] for line in queries]
        vectors = self._encoder.encode_queries(texts)
        return Asker([line["_id"] for line in queries], texts, vectors, generation, [each.id for each in passages])

    def _read(self, path: Path, article: Article) -> Iterator[LabelledPassage]:
        for line in read_lines(path / "corpus.jsonl.gz"):
            yield LabelledPassage(line["_id"], article(line), line["text"], line["language"])


def story(line: dict[str, str]) -> str:
    """Return the story of a passage or query of ntrex_headline30."""
    return line["_id"].rsplit("#", 1)[0]


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
        bench.speed()
    header = f"embedded encoder, one set of constants, {time.perf_counter() - began:,.0f} s"
    print_figures(bench.figures, header, arguments.json)


if __name__ == "__main__":
    main()
