"""What to build, from what, with what, and where."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import Encoder
from indexer.passages.cutting import PassageLimits
from indexer.sources.files import Choice

_MEMORY_OF_ENCODER, _MEMORY_OF_OCCURRENCE = 600 * 2**20, 100
"""Bytes that the embedded encoder takes with all that is loaded, and an occurrence of a term before it goes to disk."""
_LEAST_RUN, _MOST_RUN = 2**16, 2**24
"""Occurrences of terms in memory: fewer make too many runs, more save no time."""


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """All that decides what a build does."""

    sources: Sequence[str | Path]
    """Files, folders, addresses of feeds, and ``-`` for standard input."""
    index: Path
    encoder: Encoder
    options: EncoderOptions = field(default_factory=EncoderOptions)
    limits: PassageLimits = field(default_factory=PassageLimits)
    cache_bytes: int = 4 * 2**30
    """The vectors of earlier builds are kept up to this size; beyond it, those of this build."""
    memory: int = 1024 * 2**20
    """Bytes that a build may take, beside some 2 kB of each article and 12 bytes of each text encoded."""
    only_if_changed: bool = False
    """Build nothing where the generation that answers was made from the same and is whole."""
    choice: Choice = field(default_factory=Choice)
    removed: Collection[str] = ()
    """Ids of articles to be left out."""
    forget: bool = False
    """Leave no trace of what is not in this build: in earlier generations, cached vectors, and what was fetched."""
    strict: bool = False
    """Publish nothing where an article had to be skipped."""
    read_again: bool = False
    """Read also files that have not changed since they were read for an earlier build."""
    publish_worse: bool = False
    """Publish also what is clearly worse than what answers."""

    @property
    def occurrences(self) -> int:
        """How many occurrences of terms may be in memory."""
        room = (self.memory - _MEMORY_OF_ENCODER) // _MEMORY_OF_OCCURRENCE
        return min(max(room, _LEAST_RUN), _MOST_RUN)
