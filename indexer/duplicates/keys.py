"""What an article can be recognised by: its id, its address, its text and its title, as hashes in flat arrays."""

import hashlib
from array import array
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.article import Article
from indexer.duplicates.addresses import canonical_url

Column = NDArray[np.uint64]

_SHORT = 200
"""A text of fewer characters, such as a line in place of the text, counts as the same only below the same title."""


class Keys(NamedTuple):
    """The 64-bit hashes of one article; 0 where it lacks what is hashed.

    Among ten million articles two share a hash by chance once in a few hundred thousand builds.
    """

    id: int
    url: int
    """Of the address in its canonical form."""
    text: int
    """Of the source and the text; of the title too, if the text is short."""
    body: int
    """Of the text alone. White space in it does not count, nor does it in ``text``."""
    title: int
    source: int
    moment: int
    """Of the id, another address, and the exact time of publication, if all three are known."""


class KeyTable:
    """The keys of articles, in the order of adding; 56 bytes each."""

    def __init__(self) -> None:
        self._columns = {name: array("Q") for name in Keys._fields}

    def __len__(self) -> int:
        return len(self._columns["id"])

    def add(self, keys: Keys) -> None:
        """Append the keys of an article."""
        for name, key in keys._asdict().items():
            self._columns[name].append(key)

    def row(self, row: int) -> Keys:
        """Return the keys of one article."""
        return Keys(*(column[row] for column in self._columns.values()))

    def column(self, name: str) -> Column:
        """Return the keys of one kind. They are a view: none can be added while it is in use."""
        return np.frombuffer(self._columns[name], np.uint64)

    def groups(self, name: str) -> Iterator[NDArray[np.int64]]:
        """Yield the rows that share a key of one kind, for each key that several rows share."""
        column = self.column(name)
        order = np.argsort(column, kind="stable")
        ordered = column[order]
        ends = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
        for group in np.split(order, ends):
            if group.size > 1 and column[group[0]]:
                yield group


def keys_of(article: Article) -> Keys:
    """Return what an article can be recognised by."""
    source, body = " ".join(article.source.casefold().split()), " ".join(article.body.split())
    title = " ".join(article.title.casefold().split())
    url = canonical_url(article.url) if article.url else ""
    published = article.published
    exact = published.earliest.isoformat() if published and published.precision == "time" else ""
    named = exact and url and url != canonical_url(article.id)
    return Keys(
        id=hash_id(article.id),
        url=_hash("url", url) if url else 0,
        text=_hash("text", source, body, title if len(body) < _SHORT else ""),
        body=_hash("body", body),
        title=_hash("title", title) if title else 0,
        source=_hash("source", source) if source else 0,
        moment=_hash("moment", article.id, url, exact) if named else 0,
    )


def hash_id(article_id: str) -> int:
    """Return the key of an id."""
    return _hash("id", article_id)


def _hash(*parts: str) -> int:
    content = "\0".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little") or 1
