"""Write and read the manifest of a generation, and beside it a second record of the sources.

Both carry their own digest. The record of the sources is there for the day on which the manifest is damaged: a rebuild
then still knows what to read, and what was removed.
"""

from pathlib import Path

from pydantic import BaseModel, ValidationError

from indexer.errors import IndexCorruptError, IndexFormatError
from indexer.generations.layout import GenerationLayout
from indexer.generations.manifest import FORMAT, Manifest, SourcesRecord
from indexer.generations.sealed import has_digest, is_intact, read_file, with_digest, without_digest


class _FormatOnly(BaseModel):
    format: int


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write the manifest, the last file of a generation."""
    _write(manifest, GenerationLayout(folder).manifest)


def write_sources(sources: SourcesRecord, folder: Path) -> None:
    """Write the record of the sources."""
    _write(sources, GenerationLayout(folder).sources)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a generation.

    Raises:
        IndexFormatError: It was written in another format version.
        IndexCorruptError: It is missing, is no manifest, or is not what was written.
    """
    path = GenerationLayout(folder).manifest
    content = read_file(path)
    try:
        found = _FormatOnly.model_validate_json(content).format
        intact = is_intact(content)
        if found != FORMAT and (intact or not has_digest(content)):
            raise IndexFormatError(
                f"{folder} is of index format {found}, this version of Dateline reads format {FORMAT}",
                "run rebuild-index",
            )
        if not intact:
            raise IndexCorruptError(f"{path} is damaged: its digest is not that of its content", "run rebuild-index")
        return Manifest.model_validate_json(without_digest(content))
    except ValidationError as error:
        raise IndexCorruptError(f"{path} is damaged: {_first(error)}", "run rebuild-index") from error


def _write(record: BaseModel, path: Path) -> None:
    path.write_bytes(with_digest(record.model_dump_json(indent=2).encode()))


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]
