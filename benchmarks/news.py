"""Read the texts that benchmarks use: from ../shared/data if it exists, else from seeds/."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a gzipped JSON Lines file."""
    with gzip.open(path) as file:
        yield from map(orjson.loads, file)


def multilingual_passages(languages: frozenset[str]) -> list[str]:
    """Return the passages of ntrex_headline30 (or seeds/ if it is missing) in some languages, story by story."""
    path = DATA / "ntrex_headline30" / "corpus.jsonl.gz"
    if path.exists():
        return [record["text"] for record in read_records(path) if record["language"] in languages]
    paths = sorted((ROOT / "seeds" / "sample-news").glob("*.jsonl"))
    articles = [orjson.loads(line) for path in paths for line in path.read_bytes().splitlines()]
    return [text for article in articles for text in article["text"].split("\n\n")]


def newswire_passages(count: int) -> list[str]:
    """Return the first ``count`` paragraphs of reuters21578_en that are longer than a line; none if it is missing."""
    path = DATA / "reuters21578_en" / "articles.jsonl.gz"
    texts: list[str] = []
    for record in read_records(path) if path.exists() else ():
        texts += [text for text in record["text"].split("\n\n") if len(text) > 40]
        if len(texts) >= count:
            break
    return texts[:count]
