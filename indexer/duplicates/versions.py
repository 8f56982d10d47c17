"""Which of the articles that were read are one article: the newest version is kept, the others are its history."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from courlan import normalize_url

from indexer.article import Article

_DIGEST = 16


class _Version(NamedTuple):
    when: float
    """When it appeared, seconds since 1970; the least of all where that is not known."""
    row: int
    """When it was read: the later of two that appeared at once is the newer."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """An article that is not kept: rows count what was read, from 0."""

    row: int
    by: int
    same_text: bool
    """It says nothing else than the one that is kept."""


class Versions:
    """Told of each article as it is read; holds some 300 bytes of each.

    Articles of one id, of one address, or of one text from one source are versions of one article.
    """

    def __init__(self) -> None:
        self._group_of: dict[bytes, int] = {}
        self._groups: list[int] = []
        """The first row of the group that each row joined: a forest, see ``_root``."""
        self._versions: list[_Version] = []
        self._texts: list[bytes] = []

    def add(self, article: Article) -> None:
        """Take note of the next article."""
        row = len(self._groups)
        self._groups.append(row)
        latest = article.published.latest.timestamp() if article.published else float("-inf")
        self._versions.append(_Version(latest, row))
        self._texts.append(_digest("text", " ".join(article.body.split())))
        for key in self._keys(article):
            other = self._group_of.setdefault(key, row)
            self._join(row, other)

    def replaced(self) -> Iterator[Replaced]:
        """Yield the articles that give way to a newer version of themselves, in the order they were read."""
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

    def _join(self, row: int, other: int) -> None:
        roots = sorted((self._root(row), self._root(other)))
        self._groups[roots[1]] = roots[0]

    def _root(self, row: int) -> int:
        while self._groups[row] != row:
            self._groups[row] = self._groups[self._groups[row]]
            row = self._groups[row]
        return row


def canonical_url(url: str) -> str:
    """Return an address without what does not tell articles apart: trackers, fragment, ``www.``, the last slash."""
    try:
        normal = normalize_url(url, strict=False, trailing_slash=False)
    except ValueError:
        return url
    scheme, found, rest = normal.partition("#")[0].partition("://")
    return rest.removeprefix("www.").replace("/?", "?") if found and scheme in {"http", "https"} else normal


def _digest(*parts: str) -> bytes:
    content = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=_DIGEST).digest()
