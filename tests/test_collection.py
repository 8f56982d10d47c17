"""Queries and judgements in the files of BEIR and TREC: the same collection from each, and bad lines named."""

import gzip
import re
from pathlib import Path

import pytest

from indexer.errors import SourceError
from search_api.evaluation.collection import read_collection, read_qrels, read_topics

BEIR_QUERIES = (
    '{"_id": "q1", "text": "Where did the ferry run aground?", "language": "en-GB"}\n'
    "\n"
    '{"_id": 2, "text": "Où le bac a-t-il échoué ce matin, et pourquoi ?", "language": "und"}\n'
    '{"_id": "q3", "text": "nobody judged this one"}\n'
)
TREC_QUERIES = (
    "q1\tWhere did the ferry run aground?\n2\tOù le bac a-t-il échoué ce matin, et pourquoi ?\n"
    "q3\tnobody judged\tthis\n"
)
BEIR_QRELS = "query-id\tcorpus-id\tscore\nq1\tferry\t2\nq1\tbank\t0\n2\tbac#0\t1\nq3\tbank\t0\nq9\tbank\t1\n"
TREC_QRELS = "q1 0 ferry 2\nq1 0 bank 0\n2 0 bac#0 1\nq3 0 bank 0\nq9 0 bank 1\n"


def _write(path: Path, text: str, gzipped: bool = False) -> Path:
    path.write_bytes(gzip.compress(text.encode()) if gzipped else text.encode())
    return path


@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize("queries", [BEIR_QUERIES, TREC_QUERIES], ids=["beir", "trec"])
@pytest.mark.parametrize("qrels", [BEIR_QRELS, TREC_QRELS], ids=["beir", "trec"])
def test_a_collection_is_the_same_from_each_format(queries: str, qrels: str, gzipped: bool, tmp_path: Path) -> None:
    asked, judged = _write(tmp_path / "asked", queries, gzipped), _write(tmp_path / "judged", qrels, gzipped)
    collection = read_collection(asked, judged)
    assert [(topic.id, topic.text, topic.language) for topic in collection.topics] == [
        ("q1", "Where did the ferry run aground?", "en"),
        ("2", "Où le bac a-t-il échoué ce matin, et pourquoi ?", "fr"),
    ]
    assert collection.judgements == {"q1": {"ferry": 2, "bank": 0}, "2": {"bac#0": 1}}
    assert collection.relevant_to("q1") == ["ferry"]
    assert (collection.unjudged, collection.unasked) == (1, 1)


def test_a_query_says_where_it_stands(tmp_path: Path) -> None:
    path = _write(tmp_path / "queries.jsonl", "\ufeff" + BEIR_QUERIES)
    assert [topic.origin for topic in read_topics(path)] == [f"{path}:1", f"{path}:3", f"{path}:4"]


def test_text_may_hold_tabs_and_ids_of_documents_spaces(tmp_path: Path) -> None:
    assert read_topics(_write(tmp_path / "topics", TREC_QUERIES))[2].text == "nobody judged\tthis"
    assert read_qrels(_write(tmp_path / "beir", "query-id\tcorpus-id\tscore\r\nq\tmy news/a\t1\r\n")) == {
        "q": {"my news/a": 1}
    }
    assert read_qrels(_write(tmp_path / "trec", "q\t0\tmy news/a\t1\n")) == {"q": {"my news/a": 1}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", " is empty: wanted one query a line:"),
        ('{"_id": "a", "text": "x"}\n{"_id": "b"', ":2: not JSON: .+, at character 11; wanted one query a line"),
        ('{"id": "a", "text": "x"}\n', ":1: got the fields id, text; wanted one query a line"),
        ('{"_id": "a", "text": "x"}\n["b"]\n', ":2: got the fields none; wanted one query a line"),
        ('{"_id": "a", "text": null}\n', ":1: got the fields _id, text; wanted one query a line"),
        ('{"_id": "a", "text": "x", "language": "klingon"}\n', ":1: language 'klingon' is no ISO 639 code"),
        ("<top>\n<num> 1\n", ":1: got '<top>'; wanted one query a line"),
        ("a\tx\na\ty\n", ":2: query 'a' was read before, at .+:1"),
    ],
)
def test_bad_queries_are_named(text: str, said: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "queries", text)
    with pytest.raises(SourceError, match=f"^{re.escape(str(path))}{said}") as raised:
        read_topics(path)
    assert raised.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", " holds no judgement: wanted 'query 0 document grade'"),
        ("query-id\tcorpus-id\tscore\n", " holds no judgement: "),
        ("q1\tferry\t1\n", ":1: got 'q1\\\\tferry\\\\t1'; wanted 'query 0 document grade' "),
        ("q1 0 ferry 1\nq1 0 bank\n", ":2: got 'q1 0 bank'; wanted"),
        ("query-id\tcorpus-id\tscore\nq1\tferry\n", ":2: got 2 columns, wanted query-id, corpus-id, score, with tabs"),
        ("q1 0 ferry high\n", ":1: grade 'high', wanted a whole number"),
        ("q1 0 ferry 1\nq1 0 ferry 1\nq1 0 ferry 2\n", ":3: 'ferry' is graded 2 for query 'q1', and above 1"),
    ],
)
def test_bad_judgements_are_named(text: str, said: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "qrels", text)
    with pytest.raises(SourceError, match=f"^{re.escape(str(path))}{said}") as raised:
        read_qrels(path)
    assert raised.value.hint


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(TREC_QUERIES.encode())[:-12])
    altered = tmp_path / "altered.gz"
    altered.write_bytes(gzip.compress(TREC_QUERIES.encode())[:10] + b"\xff" * 40)
    latin = tmp_path / "latin"
    latin.write_bytes("q\tOù\n".encode("latin-1"))
    with pytest.raises(SourceError, match=r"absent cannot be read: No such file or directory$"):
        read_topics(tmp_path / "absent")
    with pytest.raises(SourceError, match=r"cut.gz cannot be read: Compressed file ended before"):
        read_topics(cut)
    with pytest.raises(SourceError, match=r"altered.gz cannot be read: Error -3 while decompressing"):
        read_topics(altered)
    with pytest.raises(SourceError, match=r"latin:1: not UTF-8, at byte 3$"):
        read_topics(latin)


def test_queries_and_judgements_of_two_collections_are_refused(tmp_path: Path) -> None:
    asked, judged = _write(tmp_path / "asked", TREC_QUERIES), _write(tmp_path / "judged", "x7 0 ferry 1\n")
    with pytest.raises(SourceError, match=r"^no query of .+asked has a relevant document in .+judged: .+'q1', .+'x7'"):
        read_collection(asked, judged)
