"""Checks the health of an index without any queries or relevance judgements from outside."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import numpy as np

from indexer.errors import IndexCorruptError
from indexer.generations.checking import check_files
from indexer.keywords.query_syntax import parse_keywords
from indexer.passages.context import encoder_input
from search_api.checks import MIN_DEPTH
from search_api.query import make_query
from search_api.search.families import Families
from search_api.search.searcher import IndexSearcher

_SAMPLE = 40
"""Articles of each language that are searched by their headlines, and passages whose nearest are compared."""
_NEAREST = 10
"""A hit or passage counts as found among the first ten."""
_STALE_DAYS = 90
"""A source is stale if its newest article is this much older than the newest of the index."""

Verdict = Literal["good", "look", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    name: str
    verdict: Verdict
    found: str


def examine(searcher: IndexSearcher) -> list[Finding]:
    """Run all checks on an index and return their results, in the same order each time."""
    checks = (_files, _headlines, _candidates, _keywords, _cut, _dates, _copies, _sources)
    return [finding for check in checks for finding in check(searcher)]


def _files(searcher: IndexSearcher) -> Iterator[Finding]:
    """Compare the digest of every file with the manifest."""
    generation = searcher.generation
    try:
        check_files(generation.manifest, generation.folder)
    except IndexCorruptError as error:
        yield Finding("files", "bad", str(error))
    else:
        yield Finding("files", "good", f"all {len(generation.manifest.files)} hold what they held when they were built")


def _headlines(searcher: IndexSearcher) -> Iterator[Finding]:
    """Search for articles by their own headlines, in each language: most should be among the first ten hits."""
    tables = searcher.generation.tables
    families = Families(tables.families, searcher.generation.columns)
    titles, languages = tables.article_column("title").tolist(), tables.article_column("language").tolist()
    ids = tables.article_column("id").tolist()
    for language in sorted(set(languages)):
        rows = [row for row, each in enumerate(languages) if each == language and titles[row]]
        picked = np.random.default_rng(0).permutation(rows)[:_SAMPLE].tolist()
        if not picked:
            continue
        found = 0
        for row in picked:
            hits = searcher.search(make_query(titles[row], limit=_NEAREST, min_relevance=0, depth=MIN_DEPTH)).hits
            family = {ids[member] for member in families.members(row).tolist()}
            found += any(hit.article_id in family for hit in hits)
        share = found / len(picked)
        verdict: Verdict = "good" if share >= 0.9 else "look" if share >= 0.7 else "bad"
        yield Finding(f"headlines in {language}", verdict, f"{found} of {len(picked)} lead to their article")


def _candidates(searcher: IndexSearcher) -> Iterator[Finding]:
    """Compare the candidates by vector with the nearest passages of an exact search."""
    generation = searcher.generation
    rows = np.random.default_rng(0).permutation(generation.vectors.count)[:_SAMPLE]
    languages = searcher.generation.columns.language_of.astype(np.int64)
    centred = generation.signals.centring.centre(generation.vectors.rows(slice(None)), languages)[0]
    found = []
    for row in rows:
        exact = np.argsort(-(centred @ centred[row]), kind="stable")[:_NEAREST]
        found.append(np.isin(exact, generation.vectors.nearest(centred[row], 100 * _NEAREST)).mean())
    share = float(np.mean(found))
    verdict: Verdict = "good" if share >= 0.99 else "look" if share >= 0.95 else "bad"
    yield Finding("nearest passages", verdict, f"{share:.1%} of an exact search are found")


def _keywords(searcher: IndexSearcher) -> Iterator[Finding]:
    """Look up the words of some headlines in each language: its passages should hold at least half of one of them."""
    generation = searcher.generation
    titles = generation.tables.article_column("title").tolist()
    languages = generation.tables.article_column("language").tolist()
    dead = []
    for language in sorted(set(languages)):
        named = [title for title, each in zip(titles, languages, strict=True) if each == language and title][:5]
        shares = [generation.keywords.shares(parse_keywords(title), language).max() for title in named]
        if named and max(shares) < 0.5:
            dead.append(language)
    found = f"words are not found in {', '.join(dead)}" if dead else "words are found in every language"
    yield Finding("keywords", "bad" if dead else "good", found)


def _cut(searcher: IndexSearcher) -> Iterator[Finding]:
    """Count the passages that are longer than the encoder reads, in a sample."""
    most, tables = searcher.encoder.max_tokens, searcher.generation.tables
    if most is None:
        yield Finding("length", "good", "the encoder reads passages of any length")
        return
    titles = tables.article_column("title").tolist()
    rows = np.random.default_rng(0).permutation(searcher.generation.vectors.count)[: 25 * _SAMPLE].tolist()
    passages = [tables.passage_row(row) for row in rows]
    texts = [encoder_input(titles[passage["article"]], passage["text"]) for passage in passages]
    share = float(np.mean([count > most for count in searcher.encoder.count_tokens(texts)]))
    verdict: Verdict = "good" if share < 0.01 else "look" if share < 0.1 else "bad"
    yield Finding("length", verdict, f"{share:.1%} of passages are longer than the encoder reads: {most} tokens")


def _dates(searcher: IndexSearcher) -> Iterator[Finding]:
    earliest = searcher.generation.tables.article_column("published_earliest")
    ahead = int((earliest > np.datetime64(datetime.now(UTC).replace(tzinfo=None), "us")).sum())
    undated = int(np.isnat(earliest).sum())
    found = f"{undated:,} of {len(earliest):,} articles have none, {ahead:,} lie in the future"
    yield Finding("dates", "bad" if ahead else "look" if undated > len(earliest) / 2 else "good", found)


def _copies(searcher: IndexSearcher) -> Iterator[Finding]:
    families = searcher.generation.tables.families
    copies = len(families) - len(np.unique(families))
    found = f"{copies:,} of {len(families):,} articles repeat another in nearly the same words"
    yield Finding("copies", "good" if copies < len(families) / 2 else "look", found)


def _sources(searcher: IndexSearcher) -> Iterator[Finding]:
    """Name the sources without a recent article, compared with the newest of the index."""
    tables = searcher.generation.tables
    latest, newest = tables.article_column("published_latest"), Counter[str]()
    dated = latest[~np.isnat(latest)]
    if not dated.size:
        return
    for source, when in zip(tables.article_column("source").tolist(), latest, strict=True):
        if source and not np.isnat(when):
            newest[source] = max(newest[source], int(when.astype(np.int64)))
    limit = int((dated.max() - np.timedelta64(_STALE_DAYS, "D")).astype("datetime64[us]").astype(np.int64))
    stale = sorted(source for source, when in newest.items() if when < limit)
    found = f"{len(stale):,} of {len(newest):,} have had nothing in the {_STALE_DAYS} days before the newest article"
    yield Finding("sources", "look" if stale else "good", found + (f": {', '.join(stale[:5])}" if stale else ""))
