"""What an index was built from, and what was removed from it, also where a part of the index is damaged.

An index is made anew from its sources, so that these, and what must stay out, are all that damage could take away.
They stand in the manifest of each generation and in a file beside it. Of what is intact the newest counts; where
nothing is, whatever still can be read of a damaged file.
"""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from indexer.duplicates.removed import RemovedArticle, removed_by_id
from indexer.errors import IndexCorruptError, IndexMissingError, IndexUnavailableError
from indexer.generations import store
from indexer.generations.layout import GenerationLayout, IndexLayout
from indexer.generations.manifest import SourcesRecord
from indexer.generations.sealed import has_digest, is_intact, read_file, without_digest

_ARTICLE = TypeAdapter(RemovedArticle)
_DECODER = json.JSONDecoder()
_RECORD = re.compile(r'"read":\s*(?=\{)')
_REMOVED = re.compile(r'(?=\{\s*"id":)')
_FIRST_WITH_DIGEST = 9
"""The first format whose manifests carry their own digest."""


@dataclass(frozen=True, slots=True)
class RecordedSources:
    """What an index tells of its sources."""

    read: SourcesRecord
    doubt: str = ""
    """Why that may not be what the generation that answers was built from; empty if it surely is."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What one generation tells."""

    generation: str
    read: SourcesRecord | None
    removed: tuple[RemovedArticle, ...] = ()
    intact: bool = False


def recorded_sources(index: Path) -> RecordedSources:
    """Return from which sources an index was built, and which articles were removed from it; nothing if it is new."""
    current, is_new = _current(index)
    told = [_told(folder) for folder in _generations(index)]
    told.sort(key=lambda each: each.generation != current)
    if not told:
        return RecordedSources(SourcesRecord(), "" if is_new else "nothing is left of its generations")
    best = next((each for each in told if each.intact), None) or next((each for each in told if each.read), told[0])
    if best is told[0] and best.intact and best.read:
        return RecordedSources(best.read)
    removed = tuple(sorted({article for each in told for article in each.removed}))
    read = (best.read or SourcesRecord()).model_copy(update={"removed": removed})
    return RecordedSources(read, _doubt(told[0], best, len(removed)))


def _doubt(answering: _Told, best: _Told, removed: int) -> str:
    known = f"that of generation {best.generation}" if best is not answering else "what can still be read of it"
    kept = f"{removed:,} articles that were removed stay out" if removed else "none is known to have been removed"
    return f"the record of its sources in generation {answering.generation} is damaged; {known} is used, and {kept}"


def _current(index: Path) -> tuple[str, bool]:
    """Return the generation that answers, empty if nothing names it, and whether nothing was ever built here."""
    try:
        return store.current_id(index), False
    except IndexMissingError:
        return "", True
    except IndexUnavailableError:
        return "", False


def _generations(index: Path) -> list[Path]:
    """Return the folders of all generations, the newest first."""
    folder = IndexLayout(index).generations
    return sorted((each for each in folder.iterdir() if each.is_dir()), reverse=True) if folder.is_dir() else []


def _told(folder: Path) -> _Told:
    files, damaged = GenerationLayout(folder), list[bytes]()
    for path in (files.manifest, files.sources):
        try:
            content = read_file(path)
        except IndexCorruptError:
            continue
        read = _record(content)
        if read and _is_whole(content):
            return _Told(folder.name, read, read.removed, intact=True)
        damaged.append(content)
    reads = [read for read in map(_salvaged_record, damaged) if read]
    removed = {article for each in damaged for article in _salvaged_articles(each)}
    removed |= {article for read in reads for article in read.removed}
    return _Told(folder.name, reads[0] if reads else None, tuple(removed))


def _is_whole(content: bytes) -> bool:
    """Return whether the content is what was written; of an older format, which has no digest, whether it is JSON."""
    if is_intact(content):
        return True
    try:
        return not has_digest(content) and json.loads(content)["format"] < _FIRST_WITH_DIGEST
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


def _record(content: bytes) -> SourcesRecord | None:
    """Return the record in a manifest, or in the file beside it; None if it holds none."""
    try:
        found = json.loads(without_digest(content))
    except (ValueError, RecursionError):
        return None
    return _validated(found.get("read", found)) if isinstance(found, dict) else None


def _validated(found: Any) -> SourcesRecord | None:
    try:
        removed = [removed_by_id(each) if isinstance(each, str) else each for each in found["removed"]]
        return SourcesRecord.model_validate({**found, "removed": removed})
    except (ValidationError, TypeError, KeyError):
        return None


def _salvaged_record(content: bytes) -> SourcesRecord | None:
    """Return the record of the sources that stands whole in a damaged file."""
    return _record(content) or next((each for each in map(_validated, _values(content, _RECORD)) if each), None)


def _salvaged_articles(content: bytes) -> Iterator[RemovedArticle]:
    """Yield the removed articles that stand in a damaged file, before the damage and behind it."""
    for found in _values(content, _REMOVED):
        with contextlib.suppress(ValidationError):
            yield _ARTICLE.validate_python(found)


def _values(content: bytes, beginning: re.Pattern[str]) -> Iterator[Any]:
    """Yield the JSON objects that begin where a pattern looks ahead to them."""
    text = content.decode("utf-8", "replace")
    for found in beginning.finditer(text):
        with contextlib.suppress(ValueError, RecursionError):
            yield _DECODER.raw_decode(text, found.end())[0]
