"""``dateline evaluate`` as it is typed: its whole output, its JSON, its run file and its exit codes."""

import errno
import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.protocol import Encoder
from indexer.generations.report import BuildReport
from indexer.generations.store import open_current
from indexer.progress import Silent
from indexer.terminal.shell import run
from search_api import cli
from search_api.evaluation import corpus, table
from search_api.search import opening as opening_module

Write = Callable[..., Path]
Captured = pytest.CaptureFixture[str]

ARTICLES = [
    {"_id": "ferry", "title": "", "text": "the ferry ran aground", "language": "en"},
    {"_id": "bac", "title": "le bac", "text": "le bac a coulé, the ferry", "language": "fr"},
    {"_id": "bank", "text": "the bank raised rates", "language": "en"},
]
QUERIES = [
    {"_id": "q1", "text": "ferry aground", "language": "en"},
    {"_id": "q2", "text": "bac coulé", "language": "fr"},
    {"_id": "q3", "text": "nobody judged this", "language": "en"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\tferry\t1\nq1\tbac\t1\nq2\tbac\t2\nq2\tgone\t1\n"


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fix what output depends on."""
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", *(name for name in os.environ if name.startswith("DATELINE_"))):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def words(monkeypatch: pytest.MonkeyPatch, word_encoder: Encoder) -> None:
    """Let the fake encoder open where a corpus is built and an index searched."""
    monkeypatch.setattr(opening_module, "open_encoder", lambda name, options: word_encoder)
    monkeypatch.setattr(corpus, "open_encoder", lambda name, options: word_encoder)


@pytest.fixture
def files(write_jsonl: Write, tmp_path: Path) -> list[Path]:
    """The files of queries and of judgements."""
    qrels = tmp_path / "qrels.tsv"
    qrels.write_text(QRELS)
    return [write_jsonl(*QUERIES, name="queries.jsonl"), qrels]


@pytest.fixture
def index(build: Callable[..., BuildReport], write_jsonl: Write, tmp_path: Path) -> Path:
    build(write_jsonl(*({"id": one["_id"], **one} for one in ARTICLES)))
    return tmp_path / "index"


def _run(*arguments: object) -> int:
    return run(cli.app, "dateline", ["evaluate", *(str(argument) for argument in arguments)])


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def test_an_index_is_measured(index: Path, files: list[Path], capsys: Captured) -> None:
    assert _run(*files, "--index", index) == 0
    output = capsys.readouterr()
    assert _lines(output.out) == [
        f"index     {index}",
        "queries   2",
        "judged    articles, each by its best passage",
        "left out  queries without a relevant document: 1",
        "missing   relevant articles not in the index, counted as not found: 1",
        "",
        "asked in  queries  nDCG@10  RR@10  R@100",
        "all             2    0.880  1.000  0.750",
        "en              1    1.000  1.000  1.000",
        "fr              1    0.760  1.000  0.500",
        "",
        "asked in  relevant in  queries  nDCG@10  R@100",
        "en        en                 1    1.000  1.000",
        "en        fr                 1    1.000  1.000",
        "fr        fr                 1    1.000  1.000",
        "",
        "first hit in the language of the query: 1.000, due 0.750, difference +0.250 (2 queries)",
    ]
    assert output.err.splitlines()[0] == "asking: 2 queries"


def test_on_a_narrow_terminal_words_are_wrapped_and_numbers_are_not(
    index: Path, files: list[Path], capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "output_console", lambda: Console(width=40, highlight=False))
    assert _run(*files, "--index", index, "--against-set", "limit=1") == 0
    lines = _lines(capsys.readouterr().out)
    tables = lines[lines.index("") + 1 :]
    assert [line for line in tables if len(line) > 40] == []
    assert tables[:5] == [
        "asked",
        "in     queries  nDCG@10  RR@10  R@100",
        "all          2    0.880  1.000  0.750",
        "en           1    1.000  1.000  1.000",
        "fr           1    0.760  1.000  0.500",
    ]
    assert tables[6:10] == [
        "asked  relevant",
        "in     in        queries  nDCG@10  R@100",
        "en     en              1    1.000  1.000",
        "en     fr              1    1.000  1.000",
    ]


def test_two_searches_are_compared(index: Path, files: list[Path], capsys: Captured) -> None:
    options = ["--index", index, "--against-set", "languages=fr", "--against-set", "limit=1"]
    assert _run(*files, *options) == 0
    lines = _lines(capsys.readouterr().out)
    assert lines[0] == f"index     {index}"
    assert lines[3] == f"against   {index}, languages=fr, limit=1"
    assert lines[-6:] == [
        "            nDCG@10   RR@10   R@100",
        "first         0.880   1.000   0.750",
        "against       0.687   1.000   0.500",
        "difference   +0.193  +0.000  +0.250",
        "",
        "nDCG@10 is higher for 1, equal for 1 and lower for 0 of the queries: "
        "p = 1.0000 (paired randomisation test, two-sided)",
    ]


def test_two_indexes_are_compared(
    index: Path, files: list[Path], write_jsonl: Write, tmp_path: Path, word_encoder: Encoder, capsys: Captured
) -> None:
    other = tmp_path / "other"
    rebuild_index(BuildPlan([write_jsonl({"id": "bac", "text": "le bac", "language": "fr"})], other, word_encoder))
    assert _run(*files, "--index", index, "--against", other, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["evaluation"]["index"], said["against"]["index"]) == (str(index), str(other))
    assert said["against"]["relevant_documents_not_in_the_index"] == 2
    assert _run(*files, "--index", index, "--against", other) == 0
    facts = capsys.readouterr().out.splitlines()[3:6]
    assert facts[0] == f"against   {other}"
    assert facts[2] == "missing   relevant articles not in the index, counted as not found: 1, against 2"
    assert said["comparison"] == {
        "measure": "nDCG@10", "difference": pytest.approx((1 - 0.613147) / 2, abs=1e-6), "p": 1.0,
        "wins": 1, "ties": 1, "losses": 0,
    }  # fmt: skip


def test_another_index_is_judged_as_the_first(
    index: Path, write_jsonl: Write, tmp_path: Path, word_encoder: Encoder, capsys: Captured
) -> None:
    """Else articles of one index would be compared with passages of the other."""
    other, qrels = tmp_path / "other", tmp_path / "qrels"
    rebuild_index(BuildPlan([write_jsonl({"id": "ferry#0", "text": "the ferry"})], other, word_encoder))
    qrels.write_text("q1 0 ferry#0 1\n")
    assert _run(write_jsonl(*QUERIES, name="queries.jsonl"), qrels, "--index", index, "--against", other) == 2
    assert f"error: {other} holds none of the passages" in capsys.readouterr().err


def test_of_many_pairs_of_languages_the_lowest_are_shown(
    index: Path, files: list[Path], capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "_SHOWN_PAIRS", 2)
    files[1].write_text("q1 0 bac 1\nq1 0 ferry 1\nq2 0 bac 1\nq2 0 bank 1\nq7 0 bank 1\n")
    assert _run(*files, "--index", index) == 0
    lines = _lines(capsys.readouterr().out)
    assert lines[4] == "not asked  ids in the qrels that are no query: 1"
    assert lines[11:15] == [
        "the 2 lowest of 4 pairs of languages; --json has them all",
        "asked in  relevant in  queries  nDCG@10  R@100",
        "fr        en                 1    0.631  1.000",
        "en        en                 1    1.000  1.000",
    ]


def test_passages_of_one_article_are_found_each(
    build: Callable[..., BuildReport], write_jsonl: Write, tmp_path: Path, capsys: Captured
) -> None:
    paragraphs = [" ".join(f"{word}{number}" for number in range(120)) for word in ("ferry", "bank", "coast")]
    build(write_jsonl({"id": "a", "text": "\n\n".join(paragraphs), "language": "en"}))
    queries, qrels = tmp_path / "topics.tsv", tmp_path / "qrels.txt"
    asked = [f"ferry{number}" for number in range(60)] + [f"bank{number}" for number in range(40)]
    queries.write_text(f"q\t{' '.join(asked)}\n")
    qrels.write_text("q 0 a#0 1\nq 0 a#1 1\n")
    options = [queries, qrels, "--index", tmp_path / "index", "--run", tmp_path / "run.txt", "--json"]
    assert _run(*options) == 0
    said = json.loads(capsys.readouterr().out)["evaluation"]
    assert (said["judged"], said["overall"]) == (
        "passage",
        {"queries": 1, "nDCG@10": 1.0, "RR@10": 1.0, "R@100": 1.0},
    )
    assert [line.split()[2] for line in (tmp_path / "run.txt").read_text().splitlines()][:2] == ["a#0", "a#1"]


def test_json_says_all(index: Path, files: list[Path], capsys: Captured) -> None:
    assert _run(*files, "--index", index, "--set", "languages=fr,en", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    ndcg = pytest.approx(2 / (2 + 0.6309298), abs=1e-6)
    assert said == {
        "queries": 2,
        "queries_without_a_relevant_document": 1,
        "judged_ids_that_are_no_query": 0,
        "corpus_notices": [],
        "evaluation": {
            "index": str(index),
            "settings": {"languages": ["fr", "en"]},
            "judged": "article",
            "relevant_documents_not_in_the_index": 1,
            "overall": {"queries": 2, "nDCG@10": pytest.approx(0.880093, abs=1e-6), "RR@10": 1.0, "R@100": 0.75},
            "by_query_language": {
                "en": {"queries": 1, "nDCG@10": 1.0, "RR@10": 1.0, "R@100": 1.0},
                "fr": {"queries": 1, "nDCG@10": ndcg, "RR@10": 1.0, "R@100": 0.5},
            },
            "by_language_pair": [
                {"query_language": asked, "document_language": found, "queries": 1, "nDCG@10": 1.0, "R@100": 1.0}
                for asked, found in (("en", "en"), ("en", "fr"), ("fr", "fr"))
            ],
            "own_language": {"queries": 2, "first": 1.0, "due": 0.75, "difference": 0.25},
            "by_query": {
                "q1": {"nDCG@10": 1.0, "RR@10": 1.0, "R@100": 1.0},
                "q2": {"nDCG@10": ndcg, "RR@10": 1.0, "R@100": 0.5},
            },
        },
    }


@pytest.mark.parametrize("gzipped", [False, True])
def test_a_corpus_is_indexed_and_removed(
    gzipped: bool, files: list[Path], tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    lines = [*map(json.dumps, ARTICLES), "", "no JSON", json.dumps({"_id": "gone", "title": "gone with a title"})]
    path = tmp_path / ("corpus.jsonl.gz" if gzipped else "corpus.jsonl")
    content = "\n".join(lines).encode()
    path.write_bytes(gzip.compress(content) if gzipped else content)
    assert _run(*files, "--corpus", path, "--run", tmp_path / "run.txt") == 0
    assert _lines(capsys.readouterr().out)[:10] == [
        f"index     {path}",
        "queries   2",
        "judged    articles, each by its best passage",
        "left out  queries without a relevant document: 1",
        f"skipped   1 of the corpus; the first: {path}:5: not JSON: Expecting value, at character 0",
        "",
        "asked in  queries  nDCG@10  RR@10  R@100",
        "all             2    0.962  1.000  1.000",
        "en              1    1.000  1.000  1.000",
        "fr              1    0.924  1.000  1.000",  # 'gone' stands fourth: (2 + 1 / log2(5)) / (2 + 1 / log2(3))
    ]
    ranked = [line.split() for line in (tmp_path / "run.txt").read_text().splitlines()]
    assert [line[2] for line in ranked if line[0] == "q1"][:2] == ["ferry", "bac"]
    assert [(line[1], line[5]) for line in ranked] == [("Q0", "dateline")] * 8
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_line_of_a_corpus_without_a_text_is_indexed_by_its_title(write_jsonl: Write) -> None:
    path = write_jsonl({"_id": "a", "title": "The ferry", "text": "", "metadata": {}}, {"_id": "b", "text": None})
    with corpus.built_corpus(path, "", "", Silent()) as built:
        article = open_current(built.index).tables.article_row(0)
    assert (article["id"], article["title"], article["body"]) == ("a", "", "The ferry")
    assert [(one.kind, one.origin) for one in built.notices] == [("skipped", f"{path}:2")]
    assert not built.index.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--corpus", "absent.jsonl"], "error: absent.jsonl cannot be read: No such file or directory"),
        (["--corpus", "c", "--index", "i"], "error: both --index and --corpus are given\n  try: drop one of them"),
        (["--set", "limits=3"], "error: --set limits=3: wanted name=value, and a name of limit, offset, languages"),
        (["--against-set", "limit=0"], "error: --against-set: limit is 0, wanted 1 to 1000"),
    ],
)
def test_what_makes_no_sense_exits_2(options: list[str], said: str, files: list[Path], capsys: Captured) -> None:
    assert _run(*files, *options) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(said)


def test_a_corpus_without_an_article_exits_2(files: list[Path], capsys: Captured) -> None:
    assert _run(*files, "--corpus", files[1]) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[-2].startswith(f"error: none of the articles could be read; the first: {files[1]}:1: not JSON")
    assert said[-1] == "  try: name a corpus.jsonl of BEIR"


@pytest.mark.parametrize("gone", ["full", "forbidden"])
def test_a_disk_that_takes_no_corpus_exits_1(
    gone: str, files: list[Path], write_jsonl: Write, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = {"full": errno.ENOSPC, "forbidden": errno.EACCES}[gone]

    def refuse(line: bytes) -> bytes:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(corpus, "_as_article", refuse)
    assert _run(*files, "--corpus", write_jsonl(*ARTICLES, name="corpus.jsonl")) == 1
    assert {"full": "error: no space left", "forbidden": "error: cannot write"}[gone] in capsys.readouterr().err


def test_files_are_read_and_queries_checked_before_an_index_is_opened(
    files: list[Path], write_jsonl: Write, tmp_path: Path, capsys: Captured
) -> None:
    assert _run(tmp_path / "absent", files[1], "--index", tmp_path / "none") == 2
    assert capsys.readouterr().err.startswith(f"error: {tmp_path}/absent cannot be read: No such file or directory")
    odd = write_jsonl({"_id": "q1", "text": "???"}, name="odd.jsonl")
    assert _run(odd, files[1], "--index", tmp_path / "none") == 2
    assert capsys.readouterr().err.startswith(f"error: {odd}:1: the query '???' has no words")
    assert _run(*files, "--index", tmp_path / "none") == 3


def test_an_index_of_other_articles_exits_2(
    build: Callable[..., BuildReport], write_jsonl: Write, files: list[Path], tmp_path: Path, capsys: Captured
) -> None:
    build(write_jsonl({"id": "boat", "text": "the boat"}))
    assert _run(*files, "--index", tmp_path / "index") == 2
    assert capsys.readouterr().err == (
        f"error: {tmp_path}/index holds none of the articles that the qrels call relevant, such as 'bac'; its articles "
        "have ids such as 'boat', its passages such as 'boat#0'\n"
        "  try: name the index of this collection, or its --corpus\n"
    )


def test_another_encoder_is_refused(index: Path, files: list[Path], capsys: Captured) -> None:
    assert _run(*files, "--index", index, "--encoder", "embedded") == 3
    assert "the index was built with the encoder words, and embedded is asked for" in capsys.readouterr().err
