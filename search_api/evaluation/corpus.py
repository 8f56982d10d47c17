"""Build a temporary index over the corpus of a test collection."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.choose import open_encoder
from indexer.encoders.options import EncoderOptions
from indexer.errors import SourceError
from indexer.generations.store import storage_errors
from indexer.notice import Notice
from indexer.progress import BuildProgress
from indexer.sources.fields import FIELDS
from search_api.evaluation.collection import read_lines


@dataclass(frozen=True, slots=True)
class BuiltCorpus:
    """An index over a corpus in which each line is one article."""

    index: Path
    notices: list[Notice]
    """What the reader had to skip or change, each with its file and line."""


@contextmanager
def built_corpus(path: Path, encoder: str, device: str, progress: BuildProgress) -> Iterator[BuiltCorpus]:
    """Build an index over a BEIR corpus (``_id``, ``title``, ``text``, ``language``); remove it on leaving the context.

    The title of a line without a text is indexed as its text. A line that is not an article becomes a notice.

    Raises:
        SourceError: The file cannot be read, or holds no article.
        EncoderError: The encoder cannot be loaded.
    """
    with tempfile.TemporaryDirectory(prefix="dateline-") as folder:
        news, index = Path(folder, "corpus.jsonl"), Path(folder, "index")
        with storage_errors(Path(folder)), news.open("wb") as file:
            file.writelines(_as_article(line) for line in read_lines(path))
        options = EncoderOptions(device)
        plan = BuildPlan([news], index, open_encoder(encoder or "embedded", options), options)
        try:
            report = rebuild_index(plan, progress)
        except SourceError as error:
            raise SourceError(error.message.replace(str(news), str(path)), "name a corpus.jsonl of BEIR") from error
        yield BuiltCorpus(
            index,
            [Notice(one.kind, one.origin.replace(str(news), str(path)), one.reason) for one in report.notices],
        )


def _as_article(line: bytes) -> bytes:
    """Return a line with the fields that the index reads.

    A line that is not a JSON object is returned as it is; the reader reports it.
    """
    try:
        record = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        record = None
    if not isinstance(record, dict):
        return line.rstrip(b"\r\n") + b"\n"
    fields = {name: record[name] for name in FIELDS if name in record}
    if "_id" in record:
        fields["id"] = record["_id"]
    if fields.get("text") in {None, ""} and isinstance(title := fields.get("title"), str):
        fields |= {"text": title, "title": ""}
    return orjson.dumps(fields) + b"\n"
