"""The manifest of a generation: what it holds, what it was built with, and the digest of each of its files."""

import hashlib
import itertools
import shlex
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Self

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.dates.day_order import DayOrder
from indexer.duplicates.removed import RemovedArticle, removed_by_id
from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import EncoderIdentity
from indexer.errors import IndexCorruptError, IndexFormatError
from indexer.generations.layout import GenerationLayout
from indexer.threads import compute_threads

FORMAT = 8
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


class Manifest(_Record):
    """What has to be known before any other file of the generation is opened."""

    format: int
    generation: str
    built_at: datetime
    built_by: str
    encoder: EncoderRecord
    cutting: CuttingRecord
    vectors: str
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


class _FormatOnly(BaseModel):
    format: int


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write the manifest, the last file of a generation."""
    GenerationLayout(folder).manifest.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a generation.

    Raises:
        IndexFormatError: It was written in another format version.
        IndexCorruptError: It is missing or is no manifest.
    """
    path = GenerationLayout(folder).manifest
    try:
        content = path.read_bytes()
        found = _FormatOnly.model_validate_json(content).format
        if found != FORMAT:
            raise IndexFormatError(
                f"{folder} is of index format {found}, this version of Dateline reads format {FORMAT}",
                "run rebuild-index",
            )
        return Manifest.model_validate_json(content)
    except OSError as error:
        raise IndexCorruptError(f"cannot read {path}: {error.strerror}", "run rebuild-index") from error
    except ValidationError as error:
        raise IndexCorruptError(f"{path} is damaged: {_first(error)}", "run rebuild-index") from error


def read_sources(folder: Path) -> SourcesRecord:
    """Read from a manifest of any format which sources were read and which articles were removed; else nothing.

    What was removed must stay out also after an update of this program whose rebuild reads everything anew.
    """
    try:
        content = orjson.loads(GenerationLayout(folder).manifest.read_bytes())
        found = dict(content["read"])
        found["removed"] = [removed_by_id(each) if isinstance(each, str) else each for each in found["removed"]]
        return SourcesRecord.model_validate(found)
    except (OSError, ValueError, KeyError, TypeError):
        return SourcesRecord()


def describe_file(path: Path) -> FileRecord:
    """Return a file's size and SHA-256."""
    with path.open("rb") as file:
        return FileRecord(bytes=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def describe_files(folder: Path, names: Collection[str]) -> dict[str, FileRecord]:
    """Describe several files, as many at once as there are cores."""
    with ThreadPoolExecutor(compute_threads()) as pool:
        return dict(zip(names, pool.map(lambda name: describe_file(folder / name), names), strict=True))


def check_files(manifest: Manifest, folder: Path) -> None:
    """Compare every file of a generation with the manifest.

    Raises:
        IndexCorruptError: A file is missing, has another size, or another digest.
    """
    with ThreadPoolExecutor(compute_threads()) as pool:
        for checked in [pool.submit(_check_file, folder / name, wanted) for name, wanted in manifest.files.items()]:
            checked.result()


def _check_file(path: Path, wanted: FileRecord) -> None:
    try:
        size = path.stat().st_size
        if size != wanted.bytes:
            raise IndexCorruptError(
                f"{path} is truncated or altered: {size} bytes, wanted {wanted.bytes}", "run rebuild-index"
            )
        found = describe_file(path)
    except OSError as error:
        raise IndexCorruptError(f"cannot read {path}: {error.strerror}", "run rebuild-index") from error
    if found != wanted:
        raise IndexCorruptError(
            f"{path} is altered: SHA-256 {found.sha256}, wanted {wanted.sha256}", "run rebuild-index"
        )


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]
