"""What a rebuild reads: what it is told to, or what the index was built from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.build.plan import BuildPlan
from indexer.encoders.choose import open_encoder
from indexer.errors import IndexUnavailableError, NotFoundError, SourceError
from indexer.generations import store
from indexer.generations.manifest import SourcesRecord, read_manifest
from indexer.passages.cutting import PassageLimits
from indexer.sources.fields import FieldNames, parse_fields
from indexer.sources.files import Choice
from indexer.sources.inputs import STANDARD_INPUT, is_address

SEEDS = Path("seeds")


@dataclass(frozen=True, slots=True)
class ToRead:
    """Sources, which of their files, and which articles to leave out."""

    sources: Sequence[str]
    choice: Choice
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What the user says; all of it may be empty."""

    sources: Sequence[str] = ()
    add: Sequence[str] = ()
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    fields: Sequence[str] = ()


def what_to_read(index: Path, told: Told) -> ToRead:
    """Return what to read: sources as told, else those of the generation that answers, else ``seeds/``.

    Patterns and names of fields that are not given are those of that generation too, if its sources are.

    Raises:
        SourceError: Nothing was named, and nothing is known.
    """
    before = _read_before(index)
    if told.sources:
        choice = Choice(tuple(told.include), tuple(told.exclude), parse_fields(told.fields))
        return ToRead(_each_once(told.sources, told.add), choice, before.removed)
    fields = parse_fields(told.fields) if told.fields else FieldNames(before.fields)
    choice = Choice(tuple(told.include) or before.include, tuple(told.exclude) or before.exclude, fields)
    return ToRead(_each_once(before.sources or _seeds(), told.add), choice, before.removed)


def plan_without(index: Path, ids: Sequence[str], device: str = "") -> BuildPlan:
    """Plan a rebuild of what the index was built from, with the same encoder, less some articles and their every trace.

    Raises:
        IndexUnavailableError: There is no index.
        NotFoundError: It holds no such article.
    """
    generation = store.open_current(index)
    manifest, tables = generation.manifest, generation.tables
    known = {*tables.article_column("id").tolist(), *tables.history.column("id").to_pylist()}
    if missing := [each for each in ids if each not in known]:
        raise NotFoundError(
            f"there is no article {missing[0]!r} in {index}", "dateline search shows the ids of articles"
        )
    read, options = what_to_read(index, Told()), manifest.encoder.options(device)
    return BuildPlan(
        read.sources,
        index,
        open_encoder(manifest.encoder.name, options),
        options,
        PassageLimits(manifest.cutting.min_tokens, manifest.cutting.max_tokens),
        choice=read.choice,
        removed=sorted({*read.removed, *ids}),
        forget=True,
    )


def _read_before(index: Path) -> SourcesRecord:
    try:
        return read_manifest(store.generation_folder(index, store.current_id(index))).read
    except IndexUnavailableError:
        return SourcesRecord()


def _each_once(sources: Sequence[str], more: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(_absolute(source) for source in (*sources, *more)))


def _absolute(source: str) -> str:
    """Return a path that means the same from everywhere, shown as short as it can be."""
    if source == STANDARD_INPUT or is_address(source):
        return source
    return source if not Path(source).is_absolute() else _from_here(Path(source))


def _from_here(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _seeds() -> list[str]:
    if not SEEDS.is_dir():
        raise SourceError("no source was named, and there is no folder seeds/ here", "rebuild-index PATH")
    return [str(SEEDS)]
