"""Corpora of news of growing size: all articles of the labelled sets, then edited repetitions of them.

Every corpus is the beginning of one sequence of articles, which is the same in every run. The real articles come first,
in a random order, so that a small corpus has the same languages and sources as a large one. A few are held out: they
are in no corpus, and their headlines and names are what is asked.
"""

import gzip
import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
from edited import Editor
from news import read_records

SETS = ("reuters21578_en", "masakhane_news")
CHARACTERS = 334
"""Characters of a passage of these sets, on average: 65,249,800 characters gave 195,411 passages."""
SHARES = {"one-in-ten": 0.1, "one-in-a-hundred": 0.01, "one-in-a-thousand": 0.001}
"""The sources of the articles by the share that each has; a filter by one of them lets this share pass."""
THE_REST = "the-rest"
"""The source of all other articles."""
_HELD_OUT = 1 / 128
_TWO_NAMES = re.compile(r"(?<=[a-z,] )[^\W\d_]\w{2,} [^\W\d_]\w{2,}")


@dataclass(frozen=True, slots=True)
class ScaleCorpus:
    """The sequence of articles, and what is asked of each beginning of it."""

    real: list[dict[str, Any]]
    held_out: list[dict[str, Any]]

    @classmethod
    def read(cls, data: Path) -> "ScaleCorpus":
        """Read the articles of the labelled sets in a folder."""
        read = [article | {"source": _source(article["id"])} for article in _articles(data) if article["text"].strip()]
        read.sort(key=lambda article: _luck(article["id"]))
        held = [article for article in read if _luck(article["id"], "held out") < _HELD_OUT]
        taken = {article["id"] for article in held}
        return cls([article for article in read if article["id"] not in taken], held)

    def articles(self, passages: int | None) -> Iterator[dict[str, Any]]:
        """Yield articles of about so many passages; None: all real ones."""
        room = float("inf") if passages is None else passages * CHARACTERS
        for article in self.real if passages is None else self._endless():
            if room <= 0:
                return
            room -= len(article["text"])
            yield article

    @property
    def real_passages(self) -> int:
        """About how many passages the real articles have."""
        return sum(len(article["text"]) for article in self.real) // CHARACTERS

    @property
    def headlines(self) -> list[str]:
        """The headlines of the articles held out."""
        return [title for each in self.held_out if len((title := " ".join(each["title"].split())).split()) > 2]

    @property
    def names(self) -> list[str]:
        """Names, of two words each, that occur in the articles held out, in a random order."""
        found = [name for each in self.held_out for name in _TWO_NAMES.findall(each["text"]) if name.istitle()]
        names = sorted(set(found))
        random.Random(0).shuffle(names)
        return names

    def _endless(self) -> Iterator[dict[str, Any]]:
        yield from self.real
        editor, copy = Editor(self.real), 0
        while self.real:
            copy += 1
            for article in self.real:
                edited = editor.edit(article, copy)
                yield edited | {"source": _source(edited["id"])}

    def edited(self, count: int) -> Iterator[dict[str, Any]]:
        """Yield edited articles that are in no corpus, evenly taken."""
        editor = Editor(self.real)
        for article in self.real[:: max(1, len(self.real) // count)][:count]:
            yield editor.edit(article, 0)


def write_articles(articles: Iterator[dict[str, Any]], path: Path) -> None:
    """Write a gzipped JSON Lines file: the same articles give the same bytes, so a build that was killed goes on."""
    pending = path.with_suffix(".pending")
    with pending.open("wb") as out, gzip.GzipFile("", "wb", 1, out, mtime=0) as file:
        file.writelines(orjson.dumps(article) + b"\n" for article in articles)
    pending.replace(path)


def _articles(data: Path) -> Iterator[dict[str, Any]]:
    wanted = ("id", "title", "text", "date", "language")
    for name in SETS:
        for record in read_records(data / name / "articles.jsonl.gz"):
            yield {key: record.get(key) or "" for key in wanted} | {"id": f"{name}-{record['id']}"}
    path = data / "ntrex_headline30"
    headlines = {each["_id"]: each["text"] for each in read_records(path / "queries.jsonl.gz")}
    for story, lines in groupby(read_records(path / "corpus.jsonl.gz"), lambda each: each["_id"].rpartition("#")[0]):
        passages = list(lines)
        text, language = "\n\n".join(each["text"] for each in passages), passages[0]["language"]
        yield {"id": f"ntrex-{story}", "title": headlines.get(story, ""), "text": text, "language": language}
    for record in read_records(data / "xquadr_paragraph" / "corpus.jsonl.gz"):
        yield {"id": f"xquad-{record['_id']}", "title": "", "text": record["text"], "language": record["language"]}


def _source(name: str) -> str:
    luck = _luck(name, "source")
    for source, share in SHARES.items():
        if luck < share:
            return source
        luck -= share
    return THE_REST


def _luck(name: str, what: str = "order") -> float:
    """Return a number from 0 to 1 that follows from an article's id."""
    return int.from_bytes(hashlib.blake2b(f"{what} {name}".encode(), digest_size=8).digest()) / 2**64
