"""Plan a rebuild without some articles, which may be named by their ids or by their addresses."""

import difflib
import shlex
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from indexer.article import Article
from indexer.build.plan import BuildPlan
from indexer.build.reading_plan import RebuildRequest, plan_build, plan_reading
from indexer.build.spool import article_of
from indexer.duplicates.addresses import canonical_url
from indexer.duplicates.removed import RemovedArticle, removed_article
from indexer.errors import NotFoundError
from indexer.generations import store
from indexer.passages.cutting import PassageLimits
from indexer.storage.tables import Tables

_NEAR_MISSES = 3
"""How many similar ids or addresses an error lists."""
_LISTED = 3
"""How many articles at one address an error lists."""


def plan_without(index: Path, names: Sequence[str], device: str = "") -> BuildPlan:
    """Plan a rebuild from the same sources with the same encoder, without some articles and without any trace of them.

    Args:
        index: Folder of the index.
        names: Ids or addresses of articles.
        device: What to encode on; empty: the best there is.

    Raises:
        IndexUnavailableError: There is no index.
        NotFoundError: It holds no article of that id or address, or several at that address.
    """
    generation = store.open_current(index)
    manifest = generation.manifest
    removed = removed_articles(generation.tables, article_ids(generation.tables, names, index))
    reading, options = plan_reading(index, RebuildRequest()), manifest.encoder.options(device)
    limits = PassageLimits(manifest.cutting.min_tokens, manifest.cutting.max_tokens)
    plan = plan_build(index, reading, manifest.encoder.name, options, limits)
    return replace(plan, removed=sorted({*reading.removed, *removed}), forget=True)


def article_ids(tables: Tables, names: Sequence[str], index: Path) -> set[str]:
    """Return the ids of the articles of which a version is named, by its id or its address.

    Raises:
        NotFoundError: A name is neither, and the message lists similar ones; or it is the address of several articles.
    """
    ids = dict(_ids(tables))
    addresses = {} if all(name in ids for name in names) else _addresses(tables)
    found: set[str] = set()
    for name in names:
        at_address = addresses.get(canonical_url(name)) or addresses.get(canonical_url(f"https://{name}")) or set()
        if name not in ids and len(at_address) > 1:
            raise _several(name, sorted(at_address))
        if name not in ids and not at_address:
            raise _not_found(name, [*ids], [*addresses], index)
        found |= {ids[name]} if name in ids else at_address
    return found


def removed_articles(tables: Tables, ids: set[str]) -> Iterator[RemovedArticle]:
    """Yield what is remembered of each version of some articles, once they are removed."""
    at_address = _addresses(tables)
    for article in _versions(tables, ids):
        yield removed_article(article, url_counts=at_address.get(canonical_url(article.url), set()) <= ids)


def _versions(tables: Tables, ids: set[str]) -> Iterator[Article]:
    """Yield all versions of some articles."""
    for row, each in enumerate(tables.article_column("id").tolist()):
        if each in ids:
            yield article_of(tables.article_row(row))
    for each in ids:
        yield from map(article_of, tables.versions(each))


def _ids(tables: Tables) -> Iterator[tuple[str, str]]:
    """Yield the id of each version and the id of the newest version of the same article."""
    history = tables.history
    yield from zip(history.column("id").to_pylist(), history.column("article").to_pylist(), strict=True)
    for each in tables.article_column("id").tolist():
        yield each, each


def _addresses(tables: Tables) -> dict[str, set[str]]:
    """Return the ids of the articles of which a version is at each address, in the form in which they are compared."""
    found: dict[str, set[str]] = defaultdict(set)
    for table, name in ((tables.articles, "id"), (tables.history, "article")):
        for url, each in zip(table.column("url").to_pylist(), table.column(name).to_pylist(), strict=True):
            if url:
                found[canonical_url(url)].add(each)
    return found


def _several(name: str, ids: Sequence[str]) -> NotFoundError:
    listed = ", ".join(ids[:_LISTED]) + (f" and {len(ids) - _LISTED:,} more" if len(ids) > _LISTED else "")
    return NotFoundError(
        f"{name!r} is the address of {len(ids):,} articles: {listed}", f"dateline remove {shlex.quote(ids[0])}"
    )


def _not_found(name: str, ids: Sequence[str], addresses: Sequence[str], index: Path) -> NotFoundError:
    article, mark, ordinal = name.rpartition("#")
    if mark and ordinal.isdecimal() and article in set(ids):
        return NotFoundError(
            f"{name!r} is a passage, and only whole articles can be removed", f"dateline remove {shlex.quote(article)}"
        )
    near = difflib.get_close_matches(name, ids, _NEAR_MISSES) or difflib.get_close_matches(
        canonical_url(name), addresses, _NEAR_MISSES, 0.8
    )
    similar = f"; similar ones are {', '.join(near)}" if near else ""
    return NotFoundError(
        f"there is no article {name!r} in {index}: wanted the id or the address of an article{similar}",
        "dateline search, which prints the id of each article below its passage",
    )
