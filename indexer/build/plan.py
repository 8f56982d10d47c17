"""The plan of a build: from which sources, with which encoder and limits, and into which index."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.duplicates.removed import RemovedArticle
from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import Encoder
from indexer.generations.manifest import CuttingRecord, EncoderRecord
from indexer.notice import Notice
from indexer.passages.context import CONTEXT, room_for_text
from indexer.passages.cutting import PassageLimits
from indexer.sources.files import Choice
from indexer.sources.inputs import Inputs

_ENCODER_BYTES = 600 * 2**20
"""Memory of a process with the embedded encoder and all libraries loaded."""
_WRITER_BYTES = 60 * 2**20
"""Memory of the process that writes what is made of atoms, before it has any."""
_POSTING_BYTES = 100
"""Memory of one occurrence of a term before it is written to disk."""
_MIN_RUN, _MAX_RUN = 2**16, 2**24
"""Occurrences of terms held in memory before a run is written: smaller runs are too many files to merge, larger ones
save no time."""


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """Everything that decides what a build does."""

    sources: Sequence[str | Path]
    """Files, folders, addresses of feeds, and ``-`` for standard input."""
    index: Path
    encoder: Encoder
    options: EncoderOptions = field(default_factory=EncoderOptions)
    limits: PassageLimits = field(default_factory=PassageLimits)
    cache_bytes: int = 4 * 2**30
    """Up to this size the vector cache keeps the vectors of earlier builds too; beyond it, only those of this build."""
    memory: int = 1024 * 2**20
    """Bytes that a build may take, besides 2 kB an article and 12 bytes a text that is encoded."""
    only_if_changed: bool = False
    """Build nothing if the generation that answers was built from the same sources in the same way and is intact."""
    choice: Choice = field(default_factory=Choice)
    removed: Collection[RemovedArticle] = ()
    """Articles to leave out."""
    doubts: Collection[Notice] = ()
    """What is not sure of this plan; it is said in the report."""
    forget: bool = False
    """Leave no trace of what is not in this build: in earlier generations, the vector cache, or fetched pages."""
    inputs: Inputs | None = None
    """The inputs that ``inputs_of`` found in the sources, if somebody has looked already."""
    strict: bool = False
    """Publish nothing if an article had to be skipped."""
    read_again: bool = False
    """Read files again that have not changed since an earlier build read them."""
    publish_worse: bool = False
    """Publish the generation even if it is clearly worse than the one that answers."""

    @property
    def readable_limits(self) -> PassageLimits:
        """The limits of passages, lowered where the encoder could not read a whole passage below its title."""
        if self.encoder.max_tokens is None:
            return self.limits
        room = room_for_text(self.encoder.max_tokens)
        if self.limits.max_tokens <= room:
            return self.limits
        return PassageLimits(min(self.limits.min_tokens, room), room)

    @property
    def encoder_record(self) -> EncoderRecord:
        """The encoder as the manifest records it: its identity, and the options that make it the one it is."""
        return EncoderRecord.of(self.encoder.identity, self.options)

    @property
    def cutting_record(self) -> CuttingRecord:
        """How articles are cut into passages, as the manifest records it."""
        limits = self.readable_limits
        return CuttingRecord(min_tokens=limits.min_tokens, max_tokens=limits.max_tokens, context=CONTEXT)

    @property
    def postings_in_memory(self) -> int:
        """How many occurrences of terms may be in memory before they are written to disk."""
        room = (self.memory - _ENCODER_BYTES - _WRITER_BYTES) // _POSTING_BYTES
        return min(max(room, _MIN_RUN), _MAX_RUN)

    @property
    def nominations_in_memory(self) -> int:
        """How many bytes the index that nominates candidates may take, if any kind of index takes as few."""
        return self.memory - _ENCODER_BYTES
