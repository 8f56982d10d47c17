"""Plan what a rebuild reads: the sources that the user names, or those that the index was built from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.build.plan import BuildPlan
from indexer.dates.day_order import DayOrder
from indexer.duplicates.removed import RemovedArticle
from indexer.encoders.choose import open_encoder
from indexer.encoders.options import EncoderOptions
from indexer.errors import IndexCorruptError, SourceError
from indexer.generations.layout import is_index_folder
from indexer.generations.manifest import SourcesRecord
from indexer.generations.recovery import recorded_sources
from indexer.notice import Notice, flagged
from indexer.passages.cutting import PassageLimits
from indexer.sources.context import ReadingContext
from indexer.sources.fields import FieldNames, parse_fields
from indexer.sources.files import Choice
from indexer.sources.inputs import STANDARD_INPUT, Inputs, find_inputs, is_address

SEEDS = Path("seeds")


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """The sources of a rebuild, which of their files to read, and which articles to leave out."""

    sources: Sequence[str]
    choice: Choice
    removed: tuple[RemovedArticle, ...] = ()
    doubts: tuple[Notice, ...] = ()
    """What is not sure of the plan, because the index is damaged that it was taken from."""


@dataclass(frozen=True, slots=True)
class RebuildRequest:
    """The sources, and how they are read, as far as the user said it."""

    sources: Sequence[str] = ()
    add: Sequence[str] = ()
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    fields: Sequence[str] = ()
    day_order: DayOrder | None = None
    follow_links: bool | None = None
    allow_private: bool | None = None


def plan_reading(index: Path, request: RebuildRequest) -> ReadingPlan:
    """Plan to read the sources that are asked for, else those of the current generation, else ``seeds/``.

    With the sources of the current generation it is also repeated how they were read, unless the request says how.

    Raises:
        SourceError: No source was given, there is no generation, and there is no folder ``seeds/``.
        IndexCorruptError: No source was given, and the index is too damaged to tell its own.
    """
    recorded = recorded_sources(index)
    before = recorded.read
    if recorded.doubt and not (request.sources or before.sources):
        raise IndexCorruptError(f"{index} is damaged, and does not tell what it was built from", "rebuild-index PATH")
    sources = request.sources or before.sources or _seeds()
    choice = _choice(request, SourcesRecord() if request.sources else before)
    doubts = (flagged(str(index), recorded.doubt),) if recorded.doubt else ()
    return ReadingPlan(_each_once(sources, request.add), choice, before.removed, doubts)


def _choice(request: RebuildRequest, before: SourcesRecord) -> Choice:
    """Return how sources are read: as the request says and, where it says nothing, as before."""
    return Choice(
        tuple(request.include) or before.include,
        tuple(request.exclude) or before.exclude,
        parse_fields(request.fields) if request.fields else FieldNames(before.fields),
        request.day_order or before.day_order,
        before.follow_links if request.follow_links is None else request.follow_links,
        before.allow_private if request.allow_private is None else request.allow_private,
    )


def inputs_of(sources: Sequence[str | Path], choice: Choice) -> Inputs:
    """Return all inputs in the sources; an index among them is no news.

    Raises:
        SourceError: A source does not exist or holds no news.
    """
    return find_inputs([str(source) for source in sources], choice, is_index_folder)


def context_of(choice: Choice, fetched: Path) -> ReadingContext:
    """Return what readers need to know of a choice; what is fetched is stored in the folder ``fetched``."""
    return ReadingContext(
        choice.fields, fetched=fetched, allow_private=choice.allow_private, day_order=choice.day_order
    )


def plan_build(
    index: Path, reading: ReadingPlan, encoder: str, options: EncoderOptions, limits: PassageLimits
) -> BuildPlan:
    """Plan to build an index of what a reading plan names, with an encoder by name.

    Raises:
        SourceError: A source does not exist or holds no news; this is found out before the encoder is loaded.
        EncoderError: The encoder cannot be loaded.
        SettingsError: An option does not belong to this encoder.
    """
    inputs = inputs_of(reading.sources, reading.choice)
    return BuildPlan(
        sources=reading.sources,
        index=index,
        encoder=open_encoder(encoder, options),
        options=options,
        limits=limits,
        choice=reading.choice,
        removed=reading.removed,
        doubts=reading.doubts,
        inputs=inputs,
    )


def _each_once(sources: Sequence[str], more: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(_shortest(source) for source in (*sources, *more)))


def _shortest(source: str) -> str:
    """Return a path below the working folder as a relative one, and any other source unchanged."""
    if source == STANDARD_INPUT or is_address(source) or not Path(source).is_absolute():
        return source
    return _from_here(Path(source))


def _from_here(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _seeds() -> list[str]:
    if not SEEDS.is_dir():
        raise SourceError("no source was named, and there is no folder seeds/ here", "rebuild-index PATH")
    return [str(SEEDS)]
