"""Plan a rebuild without some articles, which may be named by their ids or by their addresses."""

import difflib
import shlex
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from indexer.build.plan import BuildPlan
from indexer.build.reading_plan import RebuildRequest, plan_build, plan_reading
from indexer.duplicates.versions import canonical_url
from indexer.errors import NotFoundError
from indexer.generations import store
from indexer.passages.cutting import PassageLimits
from indexer.storage.tables import Tables

_NEAR_MISSES = 3
"""How many similar ids or addresses an error lists."""


def plan_without(index: Path, names: Sequence[str], device: str = "") -> BuildPlan:
    """Plan a rebuild from the same sources with the same encoder, without some articles and without any trace of them.

    Args:
        index: Folder of the index.
        names: Ids or addresses of articles.
        device: What to encode on; empty: the best there is.

    Raises:
        IndexUnavailableError: There is no index.
        NotFoundError: It holds no article of that id or address.
    """
    generation = store.open_current(index)
    manifest = generation.manifest
    removed = article_ids(generation.tables, names, index)
    reading, options = plan_reading(index, RebuildRequest()), manifest.encoder.options(device)
    limits = PassageLimits(manifest.cutting.min_tokens, manifest.cutting.max_tokens)
    plan = plan_build(index, reading, manifest.encoder.name, options, limits)
    return replace(plan, removed=sorted({*reading.removed, *removed}), forget=True)


def article_ids(tables: Tables, names: Sequence[str], index: Path) -> set[str]:
    """Return the ids of the articles that are named by id or address, and of all earlier versions of these articles.

    Raises:
        NotFoundError: A name is neither. The message lists similar ones.
    """
    ids = dict(_ids(tables))
    addresses = {} if all(name in ids for name in names) else _addresses(tables)
    found: set[str] = set()
    for name in names:
        named = {name} if name in ids else addresses.get(canonical_url(name))
        if not named:
            raise _not_found(name, [*ids], [*addresses], index)
        found |= named
    return found | {each for each, newest in ids.items() if newest in found}


def _ids(tables: Tables) -> Iterator[tuple[str, str]]:
    """Yield the id of each version and the id of the newest version of the same article."""
    history = tables.history
    yield from zip(history.column("id").to_pylist(), history.column("article").to_pylist(), strict=True)
    for each in tables.article_column("id").tolist():
        yield each, each


def _addresses(tables: Tables) -> dict[str, set[str]]:
    """Return the ids of the articles at each address, in the form in which versions are compared."""
    found: dict[str, set[str]] = defaultdict(set)
    for table in (tables.articles, tables.history):
        for url, each in zip(table.column("url").to_pylist(), table.column("id").to_pylist(), strict=True):
            if url:
                found[canonical_url(url)].add(each)
    return found


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
