"""The sets of passages on which search engines are compared, written so that every engine can read them."""

import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from asking import Asker, Relevant
from numpy.typing import NDArray
from peer_process import DAYS, TIMED
from pools import read_lines, read_qrels
from quality import PARALLEL, Bench, story

from indexer.encoders.choose import open_encoder
from indexer.encoders.embedded import LANGUAGES

SETS = ("ntrex", "xquad", "masakhane en", "masakhane fr", "masakhane sw")


@dataclass(frozen=True, slots=True)
class Group:
    """Queries with judgements."""

    name: str
    asker: Asker
    relevant: Relevant

    def sample(self, count: int) -> "Group":
        """Return so many of the queries, evenly taken."""
        some = slice(None, None, max(1, len(self.asker.ids) // count))
        asker = self.asker
        fewer = replace(asker, ids=asker.ids[some], texts=asker.texts[some], vectors=asker.vectors[some])
        return replace(self, asker=fewer)


class PeerSet:
    """A set of passages, written for the engines, and its queries."""

    def __init__(self, groups: Sequence[Group], folder: Path, cache: Path) -> None:
        """Write the passages of the groups' generation, and their queries, into a new folder."""
        self.groups, self.folder = groups, folder
        generation = groups[0].asker.generation
        self.vectors: NDArray[np.float32] = generation.vectors.rows(slice(None))
        self.days = np.random.default_rng(0).permutation(np.arange(len(self.vectors))) * DAYS // len(self.vectors) + 1
        folder.mkdir()
        np.save(folder / "vectors.npy", self.vectors)
        texts = [text for batch in generation.tables.titled_texts(10_000) for _, text in batch]
        tables = generation.tables
        articles = tables.article_column("id")[tables.passage_column("article")].tolist()
        columns = zip(texts, generation.tables.passage_languages().tolist(), self.days.tolist(), articles, strict=True)
        with (folder / "passages.jsonl").open("w", encoding="utf-8") as file:
            for row, (text, language, day, article) in enumerate(columns):
                meta = {"text": text, "lang": language, "date": day, "article": article, "id": str(row)}
                file.write(json.dumps(meta | {"cache": str(cache)}) + "\n")
        described = []
        for number, group in enumerate(groups):
            np.save(folder / f"queries{number}.npy", group.asker.vectors)
            described.append({"name": group.name, "queries": [{"text": text} for text in group.asker.texts]})
        (folder / "groups.json").write_text(json.dumps(described), encoding="utf-8")

    def exact(self, share: float | None) -> list[NDArray[np.int64]]:
        """Return the rows nearest to each query of the first group among a share of the passages."""
        passing = np.arange(len(self.days)) if share is None else np.flatnonzero(self.days <= int(share * DAYS))
        scores = self.groups[0].asker.vectors @ self.vectors[passing].T
        return [passing[np.argsort(-each, kind="stable")[:TIMED]] for each in scores]


class Sets:
    """Indexes the labelled sets, each once, and returns their queries."""

    def __init__(self, data: Path, work: Path, cache: Path, queries: int) -> None:
        self._data, self._work, self._cache, self._queries = data, work, cache, queries
        self._bench, self._encoder = Bench(data, work, cache, quick=False), open_encoder()

    def write(self, name: str) -> PeerSet:
        """Return one of ``SETS``."""
        kind, _, language = name.partition(" ")
        groups = {"ntrex": self._ntrex, "xquad": self._xquad}.get(kind, lambda: self._masakhane(language))()
        chosen = [group.sample(self._queries) for group in groups]
        return PeerSet(chosen, self._work / f"{name} as written", self._cache)

    def _ntrex(self) -> list[Group]:
        path = self._data / "ntrex_headline30"
        asker = self._bench.ask(path, "ntrex", story, LANGUAGES)
        headlines = Group("ntrex 15 languages", asker, read_qrels(path / "qrels_all.tsv.gz"))
        return [headlines, self._short("ntrex", asker, LANGUAGES)]

    def _xquad(self) -> list[Group]:
        path = self._data / "xquadr_paragraph"
        asker = self._bench.ask(path, "xquad", lambda line: line["_id"], PARALLEL)
        return [Group("xquad 8 languages", asker, read_qrels(path / "qrels.tsv"))]

    def _masakhane(self, language: str) -> list[Group]:
        path = self._data / "known_item_masakhane" / language
        asker = self._bench.ask(path, f"masakhane {language}", lambda line: line["article"], None)
        whole = replace(asker, documents=[name.split("#p")[0] for name in asker.documents])
        headlines = Group(f"masakhane {language}", whole, read_qrels(path / "qrels_article.tsv"))
        short = f"masakhane_{language}"
        there = (self._data / "short_queries" / short).exists()
        return [headlines, *([self._short(short, asker, {language})] if there else [])]

    def _short(self, name: str, asker: Asker, languages: Collection[str]) -> Group:
        """Return the short queries over the passages of an asker that some passage of it answers."""
        path = self._data / "short_queries" / name
        relevant, held = read_qrels(path / "qrels.tsv.gz"), set(asker.documents)
        lines = [
            line
            for line in read_lines(path / "queries.jsonl.gz")
            if line["language"] in languages and held & relevant.get(line["_id"], set())
        ]
        texts = [line["text"] for line in lines]
        vectors = self._encoder.encode_queries(texts)
        asked = replace(asker, ids=[line["_id"] for line in lines], texts=texts, vectors=vectors)
        return Group(f"short queries {name}", asked, relevant)

    def encoding(self) -> float:
        """Return the median milliseconds of encoding a headline."""
        lines = [line["text"] for line in read_lines(self._data / "ntrex_headline30" / "queries.jsonl.gz")][:400:2]
        took = []
        for text in lines:
            began = time.perf_counter()
            self._encoder.encode_queries([text])
            took.append(1000 * (time.perf_counter() - began))
        return float(np.median(took[len(took) // 2 :]))
