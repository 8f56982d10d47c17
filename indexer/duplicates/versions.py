"""Find versions of the same article: the newest is indexed, the earlier ones are stored as its history."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from courlan import normalize_url

from indexer.article import Article

_DIGEST_BYTES = 16


class _Version(NamedTuple):
    when: float
    """Publication time in seconds since 1970; minus infinity if it is unknown."""
    row: int
    """Position in the order of reading. Of two versions published at the same time, the later read is the newer."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """An article that a newer version replaces. Rows are positions in the order of reading, from 0."""

    row: int
    by: int
    """Row of the newest version."""
    same_text: bool
    """Whether the body is the same as the newest version's, apart from white space."""


class Versions:
    """Groups articles into versions of the same article; takes some 300 bytes of memory for each.

    Two articles are versions of one if they have the same id, the same URL, or the same source and text.
    """

    def __init__(self) -> None:
        self._row_of_key: dict[bytes, int] = {}
        self._parents: list[int] = []
        """Disjoint-set forest: the parent of each row; see ``_root``."""
        self._versions: list[_Version] = []
        self._texts: list[bytes] = []

    def add(self, article: Article) -> None:
        """Record the next article."""
        row = len(self._parents)
        self._parents.append(row)
        latest = article.published.latest.timestamp() if article.published else float("-inf")
        self._versions.append(_Version(latest, row))
        self._texts.append(_digest("text", " ".join(article.body.split())))
        for key in self._keys(article):
            other = self._row_of_key.setdefault(key, row)
            self._union(row, other)

    def replaced(self) -> Iterator[Replaced]:
        """Yield the articles that a newer version replaces, in the order they were read."""
        newest: dict[int, _Version] = {}
        for version in self._versions:
            root = self._root(version.row)
            newest[root] = max(newest.get(root, version), version)
        for version in self._versions:
            kept = newest[self._root(version.row)]
            if kept.row != version.row:
                yield Replaced(version.row, kept.row, self._texts[kept.row] == self._texts[version.row])

    def _keys(self, article: Article) -> Iterator[bytes]:
        yield _digest("id", article.id)
        if article.url:
            yield _digest("url", canonical_url(article.url))
        yield _digest("text", article.source.casefold(), self._texts[-1].hex())

    def _union(self, row: int, other: int) -> None:
        roots = sorted((self._root(row), self._root(other)))
        self._parents[roots[1]] = roots[0]

    def _root(self, row: int) -> int:
        while self._parents[row] != row:
            self._parents[row] = self._parents[self._parents[row]]
            row = self._parents[row]
        return row


def canonical_url(url: str) -> str:
    """Return a URL without the parts that do not identify an article.

    These are tracking parameters, the fragment, ``www.`` and the last slash.
    """
    try:
        normal = normalize_url(url, strict=False, trailing_slash=False)
    except ValueError:
        return url
    scheme, found, rest = normal.partition("#")[0].partition("://")
    return rest.removeprefix("www.").replace("/?", "?") if found and scheme in {"http", "https"} else normal


def _digest(*parts: str) -> bytes:
    content = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest()
