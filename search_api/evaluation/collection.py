"""Read a test collection: queries and relevance judgements in the formats of BEIR or TREC, gzipped or not."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from indexer.errors import SourceError
from indexer.text.language import UNKNOWN, identify_language, normalise_tag

Judgements = dict[str, dict[str, int]]
"""The grade of each judged document, by query id and document id. A grade above 0 means relevant."""
_GZIP = b"\x1f\x8b"
_HEADER = ["query-id", "corpus-id", "score"]
_QUERIES = 'wanted one query a line: {"_id": "…", "text": "…"} (BEIR), or id, tab and text (TREC)'
_QRELS = "wanted 'query 0 document grade' (TREC), or below a header 'query-id, corpus-id, score' three columns (BEIR)"


@dataclass(frozen=True, slots=True)
class Topic:
    """A query of a test collection."""

    id: str
    text: str
    language: str
    """ISO 639 code: the language that the file declares, else the one identified from the text."""
    origin: str
    """Where the query was read: ``file:line``."""


@dataclass(frozen=True, slots=True)
class Collection:
    """The queries that can be evaluated, and their judgements."""

    topics: list[Topic]
    """The queries that have at least one relevant document."""
    judgements: Judgements
    """The judgements of these queries."""
    unjudged: int
    """How many queries were left out because no document is judged relevant to them."""
    unasked: int
    """How many query ids have judgements but are missing from the file of queries."""

    def relevant_to(self, topic_id: str) -> list[str]:
        """Return the ids of the documents that are relevant to a query."""
        return [document for document, grade in self.judgements[topic_id].items() if grade > 0]


def read_collection(queries: Path, qrels: Path) -> Collection:
    """Read queries and judgements. The format of each file is recognised from its content.

    Raises:
        SourceError: A file cannot be read, a line is malformed, or no query has a relevant document.
    """
    topics, judgements = read_topics(queries), read_qrels(qrels)
    judged = [topic for topic in topics if any(grade > 0 for grade in judgements.get(topic.id, {}).values())]
    if not judged:
        raise SourceError(
            f"no query of {queries} has a relevant document in {qrels}: "
            f"the one has queries such as {topics[0].id!r}, the other judges {next(iter(judgements))!r}",
            "name the queries and the qrels of one collection",
        )
    return Collection(
        judged,
        {topic.id: judgements[topic.id] for topic in judged},
        unjudged=len(topics) - len(judged),
        unasked=len(judgements.keys() - {topic.id for topic in topics}),
    )


def read_topics(path: Path) -> list[Topic]:
    """Return the queries of a file in their order.

    Raises:
        SourceError: The file cannot be read or is empty, a line is malformed, or two queries have one id.
    """
    topics: dict[str, Topic] = {}
    parse: Callable[[str, str], Topic] | None = None
    for origin, line in _texts(path):
        parse = parse or (_beir_topic if line.startswith("{") else _trec_topic)
        topic = parse(line, origin)
        if topic.id in topics:
            first = topics[topic.id].origin
            raise SourceError(f"{origin}: query {topic.id!r} was read before, at {first}", "give each its own id")
        topics[topic.id] = topic
    if not topics:
        raise SourceError(f"{path} is empty: {_QUERIES}", "name the file that has the queries")
    return list(topics.values())


def read_qrels(path: Path) -> Judgements:
    """Return the judgements of a file.

    Raises:
        SourceError: The file cannot be read or is empty, a line is malformed, or a document is graded in two ways.
    """
    judgements: Judgements = {}
    parse: Callable[[str, str], tuple[str, str, int]] | None = None
    for origin, line in _texts(path):
        if parse is None:
            parse = _beir_judgement if line.split("\t") == _HEADER else _trec_judgement
            if parse is _beir_judgement:
                continue
        query, document, grade = parse(line, origin)
        known = judgements.setdefault(query, {}).setdefault(document, grade)
        if known != grade:
            said = f"{origin}: {document!r} is graded {grade} for query {query!r}, and above {known}"
            raise SourceError(said, "keep one of the two")
    if not judgements:
        raise SourceError(f"{path} holds no judgement: {_QRELS}", "name the file that has the judgements")
    return judgements


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, gzipped or not, each with its line ending.

    Raises:
        SourceError: The file cannot be opened, or cannot be read to its end.
    """
    try:
        with path.open("rb") as file:
            gzipped = file.peek(2)[:2] == _GZIP
            yield from gzip.GzipFile(fileobj=file) if gzipped else file
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{path} cannot be read: {reason}", "check its name and that it is complete") from error


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the place (``file:line``) and the text of each line that is not blank."""
    for number, line in enumerate(read_lines(path), start=1):
        origin = f"{path}:{number}"
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise SourceError(f"{origin}: not UTF-8, at byte {error.start}", "save it as UTF-8") from error
        if text.strip():
            yield origin, text


def _beir_topic(line: str, origin: str) -> Topic:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        said = f"{origin}: not JSON: {error.msg}, at character {error.pos}; {_QUERIES}"
        raise SourceError(said, "mend the line") from error
    record = record if isinstance(record, dict) else {}
    name, text = record.get("_id"), record.get("text")
    if not (isinstance(name, str | int) and str(name).strip() and isinstance(text, str)):
        fields = ", ".join(record) or "none"
        raise SourceError(f"{origin}: got the fields {fields}; {_QUERIES}", "give every query '_id' and 'text'")
    return Topic(str(name), text, _language(record.get("language"), text, origin), origin)


def _trec_topic(line: str, origin: str) -> Topic:
    name, tab, text = line.partition("\t")
    if not (tab and name.strip()):
        raise SourceError(f"{origin}: got {line[:60]!r}; {_QUERIES}", "put a tab between id and text")
    return Topic(name.strip(), text, identify_language(text), origin)


def _language(declared: object, text: str, origin: str) -> str:
    if declared in {None, "", UNKNOWN}:
        return identify_language(text)
    language = normalise_tag(declared) if isinstance(declared, str) else None
    if language is None:
        raise SourceError(f"{origin}: language {declared!r} is no ISO 639 code", "use a code such as fr, tr, ar or zh")
    return language


def _beir_judgement(line: str, origin: str) -> tuple[str, str, int]:
    fields = line.split("\t")
    if len(fields) != len(_HEADER):
        said = f"{origin}: got {len(fields)} columns, wanted {', '.join(_HEADER)}, with tabs between them"
        raise SourceError(said, "mend the line")
    return fields[0], fields[1], _grade(fields[2], origin)


def _trec_judgement(line: str, origin: str) -> tuple[str, str, int]:
    fields = line.split("\t") if "\t" in line else line.split()  # an id may contain spaces if tabs separate the columns
    if len(fields) != 4:
        raise SourceError(f"{origin}: got {line[:60]!r}; {_QRELS}", "mend the line, or add the header of BEIR")
    return fields[0], fields[2], _grade(fields[3], origin)


def _grade(text: str, origin: str) -> int:
    try:
        return int(text)
    except ValueError:
        said = f"{origin}: grade {text[:20]!r}, wanted a whole number; above 0 is relevant"
        raise SourceError(said, "write grades such as 0, 1 and 2") from None
