"""The manifest of a generation: what it holds, what it was built with, and the digest of each of its files."""

import itertools
import shlex
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from indexer.dates.day_order import DayOrder
from indexer.duplicates.removed import RemovedArticle
from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import EncoderIdentity

FORMAT = 11
"""Version of the format of a generation: increased when this code would misread a generation written before."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EncoderRecord(_Record):
    """The encoder that the vectors come from, with the options that open it again."""

    name: str
    revision: str
    dim: int
    truncate_dim: int | None = None
    query_prompt: str | None = None
    passage_prompt: str | None = None
    backend: str = "torch"
    model_file: str = ""

    @classmethod
    def of(cls, identity: EncoderIdentity, options: EncoderOptions) -> Self:
        """Record an encoder with those of its options that change its vectors."""
        return cls(
            name=identity.name,
            revision=identity.revision,
            dim=identity.dim,
            truncate_dim=options.truncate_dim,
            query_prompt=options.query_prompt,
            passage_prompt=options.passage_prompt,
            backend=options.backend,
            model_file=options.model_file,
        )

    @property
    def identity(self) -> EncoderIdentity:
        return EncoderIdentity(self.name, self.revision, self.dim)

    def options(self, device: str = "") -> EncoderOptions:
        """Return the options that open the encoder again on ``device``."""
        return EncoderOptions(
            device=device,
            truncate_dim=self.truncate_dim,
            query_prompt=self.query_prompt,
            passage_prompt=self.passage_prompt,
            backend=self.backend,
            model_file=self.model_file,
        )

    @property
    def command(self) -> str:
        """The command that rebuilds the index with this encoder."""
        backend = None if self.backend == "torch" else self.backend
        chosen = {
            "--encoder": self.name,
            "--backend": backend,
            "--model-file": self.model_file or None,
            "--truncate-dim": self.truncate_dim,
            "--query-prompt": self.query_prompt,
            "--passage-prompt": self.passage_prompt,
        }
        given = ((option, str(value)) for option, value in chosen.items() if value is not None)
        return shlex.join(["rebuild-index", *itertools.chain.from_iterable(given)])


class CuttingRecord(_Record):
    """How articles were cut: the limits of passages in the encoder's tokens, and which context is encoded with them."""

    min_tokens: int
    max_tokens: int
    context: str


class FileRecord(_Record):
    """The size and digest that a file must have."""

    bytes: int
    sha256: str


class LanguageRecord(_Record):
    """How well the encoder knows one language of the corpus, so that scores mean the same in every language."""

    passages: int
    known: float
    """0 to 1: how well the vectors of this language tell one story from another."""
    chance: float
    """Standard deviation of the cosine similarity of unrelated passages."""


class SourcesRecord(_Record):
    """The sources that were read and how, so that a rebuild can read them again."""

    sources: tuple[str, ...] = ()
    """Absolute paths and addresses of feeds."""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    day_order: DayOrder | None = None
    follow_links: bool = True
    allow_private: bool = False
    removed: tuple[RemovedArticle, ...] = ()
    """Articles that stay left out."""


class ExpectationRecord(_Record):
    """What was expected of the nomination index before it was built."""

    recall: float
    memory: int
    """Bytes of the index, resident when all of it was used."""
    disk: int
    """Bytes, with the vectors."""
    build_seconds: float
    """Of one core, beside encoding."""
    milliseconds: float
    """Median of a search on one core."""


class OutcomeRecord(_Record):
    """What it reaches, measured with headlines by which its depth was not chosen."""

    recall: dict[str, float]
    """By scope: the share of the ten nearest passages that are nominated."""
    milliseconds: dict[str, float]
    """By scope: the median of a search on one core."""
    memory: int
    build_seconds: float
    questions: int


class NominationRecord(_Record):
    """The index that nominates candidates by vector: why it is of its kind, prediction and outcome."""

    kind: str
    depth: int
    """How deep a search goes: lists that are probed, breadth of a walk along links, 0 for a scan."""
    why: str
    source: str
    """Of what the prediction was made."""
    wanted: float
    """The recall that was wanted."""
    predicted: ExpectationRecord
    measured: OutcomeRecord | None
    """None where all passages are compared exactly, or too few have a headline."""

    @property
    def recall(self) -> float | None:
        """The mean recall in the two scopes that the ranking asks for, as the predicted one is."""
        usual = ("own language", "other languages")
        return sum(self.measured.recall[scope] for scope in usual) / len(usual) if self.measured else None


class Manifest(_Record):
    """What has to be known before any other file of the generation is opened."""

    format: int
    generation: str
    built_at: datetime
    built_by: str
    encoder: EncoderRecord
    cutting: CuttingRecord
    vectors: str
    nominations: NominationRecord | None = None
    """None in generations of before this was planned."""
    articles: int
    passages: int
    skipped: int
    newest: str | None
    """Publication date of the newest article, with the precision that its source gave."""
    languages: dict[str, LanguageRecord]
    read: SourcesRecord = SourcesRecord()
    inputs: str = ""
    """The fingerprint of what it was built from; empty where that was not known before it was read."""
    files: dict[str, FileRecord]
