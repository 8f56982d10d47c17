"""Recognise articles that were removed, whichever folder, file or address brings them again.

What is kept of a removed article are hashes, from which nothing of it can be read.
"""

import hashlib
import os.path
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from indexer.article import Article
from indexer.duplicates.disjoint_sets import DisjointSets
from indexer.duplicates.keys import KeyTable, hash_id, keys_of
from indexer.duplicates.marks import unmarked

_PIPE = ("standard-input", "standard input")
"""The id and the origin of an article that came through a pipe and has no id of its own."""


@dataclass(frozen=True, slots=True, order=True)
class RemovedArticle:
    """One version of an article that was removed; see ``Keys`` for the hashes. A hash is 0 if it must not count."""

    id: str
    id_key: int = 0
    """0 if another article had the same id, or if the id is only the name of a file."""
    url: int = 0
    """0 if the address is that of other articles too."""
    text: int = 0
    title: int = 0
    source: int = 0
    file: int = 0
    """Of the path of the file that the article is named by."""


class Removals:
    """The articles that were removed."""

    def __init__(self, articles: Collection[RemovedArticle]) -> None:
        self._articles = sorted(articles)
        self._texts = {each.text for each in self._articles} - {0}
        self._files = {each.file for each in self._articles} - {0}
        self._names = {name: {getattr(each, name) for each in self._articles} - {0} for name in ("id_key", "url")}

    def hold(self, article: Article) -> bool:
        """Tell whether an article was removed: one with its source and text, or what this file held."""
        if not self._articles:
            return False
        return keys_of(article).text in self._texts or (bool(self._files) and file_key(article) in self._files)

    def may_hold(self, article: Article) -> bool:
        """Tell whether an article has anything in common with a removed one."""
        if not self._articles:
            return False
        keys = keys_of(article)
        return self.hold(article) or keys.id in self._names["id_key"] or keys.url in self._names["url"]

    def names(self, keys: KeyTable, sets: DisjointSets) -> set[int]:
        """Return the names of the sets that are versions of a removed article, by its id or its address."""
        return set(self._by("id", "id_key", keys, sets)) | set(self._by("url", "url", keys, sets))

    def _by(self, kind: str, name: str, keys: KeyTable, sets: DisjointSets) -> Iterator[int]:
        column, titles, sources = (keys.column(each) for each in (kind, "title", "source"))
        rows = np.flatnonzero(np.isin(column, np.array(sorted(self._names[name]), np.uint64))).tolist()
        of_key: dict[int, list[int]] = {}
        for row in rows:
            of_key.setdefault(int(column[row]), []).append(row)
        for each in self._articles:
            found = of_key.get(getattr(each, name), [])
            alone = len({sets.find(row) for row in found}) == 1
            for row in found:
                elsewhere = kind == "id" and bool(each.source) and sources[row] not in {0, each.source}
                if not elsewhere and (alone or int(titles[row]) == each.title != 0):
                    yield sets.find(row)


def removed_by_id(article_id: str) -> RemovedArticle:
    """Return what is remembered of an article of which only the id is known."""
    return RemovedArticle(article_id, hash_id(article_id))


def removed_article(article: Article, *, url_counts: bool) -> RemovedArticle:
    """Return what is remembered of an article that is to be removed.

    Args:
        article: As it is in the index.
        url_counts: No other article of the index has its address.
    """
    keys, file = keys_of(article), file_key(article)
    has_own_id = not file and (article.id, article.origin) != _PIPE and unmarked(article.id) == article.id
    return RemovedArticle(
        id=article.id,
        id_key=keys.id if has_own_id else 0,
        url=keys.url if url_counts else 0,
        text=keys.text,
        title=keys.title,
        source=keys.source,
        file=file,
    )


def file_key(article: Article) -> int:
    """Return a hash of the path of the file that an article is named by; 0 if it has an id of its own."""
    path = article.origin
    plain = (path.lstrip("/"), PurePosixPath(path).with_suffix("").as_posix())
    if not any(f"/{each}".endswith((f"/{article.id}", f"!{article.id}")) for each in plain):
        return 0
    file, _, member = path.partition("!")
    return _hash(f"{os.path.realpath(file)}!{member}")


def _hash(path: str) -> int:
    return int.from_bytes(hashlib.blake2b(path.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
