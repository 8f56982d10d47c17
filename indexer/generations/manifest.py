"""The manifest of a generation: what it is, what it was built with, and the digest of its every file."""

import hashlib
import itertools
import shlex
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.encoders.options import EncoderOptions
from indexer.encoders.protocol import EncoderIdentity
from indexer.errors import IndexCorruptError, IndexFormatError
from indexer.threads import compute_threads

FORMAT = 4
"""Raised whenever a generation of the old format could not be read as it was meant."""
NAME = "manifest.json"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EncoderRecord(_Record):
    """The encoder that the vectors come from, and what it takes to open it again."""

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
        """Record an encoder and, of its options, those that make it the one it is."""
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
        """Return the options that open it again, to be run on ``device``."""
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
        """The command that builds an index with it, less the sources."""
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
    """How articles were cut: lengths of passages in the encoder's tokens, and what they were encoded with."""

    min_tokens: int
    max_tokens: int
    context: str


class FileRecord(_Record):
    """What a file must be to be trusted."""

    bytes: int
    sha256: str


class LanguageRecord(_Record):
    """What the corpus told of the encoder in one language, so that scores mean the same in every one."""

    passages: int
    known: float
    """How well the encoder tells one story from another in it, 0 to 1."""
    chance: float
    """Standard deviation of the similarity of passages that have nothing to do with each other."""


class SourcesRecord(_Record):
    """What was read, so that a rebuild can repeat it."""

    sources: tuple[str, ...] = ()
    """Absolute paths, and addresses of feeds."""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    removed: tuple[str, ...] = ()
    """Ids of articles that are kept out."""


class Manifest(_Record):
    """Everything a reader must know before it opens a file of the generation."""

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
    """Publication date of the newest article, at the precision it came with."""
    languages: dict[str, LanguageRecord]
    read: SourcesRecord = SourcesRecord()
    inputs: str = ""
    """Digest of what it was made from."""
    files: dict[str, FileRecord]


class _FormatOnly(BaseModel):
    format: int


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write the manifest, the last file of a generation."""
    (folder / NAME).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a generation.

    Raises:
        IndexFormatError: It was written in another format version.
        IndexCorruptError: It is missing or is no manifest.
    """
    path = folder / NAME
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


def describe_file(path: Path) -> FileRecord:
    """Return a file's size and SHA-256."""
    with path.open("rb") as file:
        return FileRecord(bytes=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def describe_files(folder: Path, names: Collection[str]) -> dict[str, FileRecord]:
    """Return what ``describe_file`` says of each, a file a core at a time."""
    with ThreadPoolExecutor(compute_threads()) as pool:
        return dict(zip(names, pool.map(lambda name: describe_file(folder / name), names), strict=True))


def check_files(manifest: Manifest, folder: Path) -> None:
    """Compare every file of a generation with the manifest.

    Raises:
        IndexCorruptError: One is missing, shorter or longer, or altered.
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
