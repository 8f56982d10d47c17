"""Whatever a file of news holds, reading it gives articles and notices, and never an error: each reader, damaged."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_files import WHOLE

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources import formats
from indexer.sources.document import Document
from indexer.sources.files import SourceFile
from indexer.sources.reading import UNFORESEEN
from indexer.sources.records.known_names import ENVELOPES, KNOWN, STATES, TEASERS, TEXTS

_ODD = [
    b"\x00", b"\xff\xfe", b"\r\n", b'"', b"<", b"&#0;", b"]]>", b"{", b"[" * 50, b"9" * 30, b"\\ud800", b"}",
    b"]", b"NaN", b":", b",", b'\\"', b"{}", b"[[]]", b'{"a":', b"null", b"\xe2\x80\xa8", b"1e999", b'"text"',
]  # fmt: skip
_HARM = st.lists(
    st.tuples(
        st.integers(0, 2**16),
        st.integers(0, 40),
        st.one_of(
            st.binary(max_size=8),
            st.sampled_from(_ODD),
        ),
    ),
    min_size=1,
    max_size=4,
)
_NAMES = st.sampled_from(
    [
        *(name for names in (*KNOWN.values(), TEXTS, *TEASERS, ENVELOPES, STATES) for name in names),
        *(
            "_source",
            "$oid",
            "$date",
            "rendered",
            "value",
            "S",
            "N",
            "L",
            "arrayValue",
            "columns",
            "data",
            "type",
            "version",
        ),
    ]
)
_LEAVES = st.sampled_from(
    [
        *("", "x", "The ferry ran aground.", "<p>A.</p><p>B.</p>", "nan", "None", "https://a.example/1", "2025-05-27"),
        *("[+20 chars]", '{"a": 1}', '[{"text": "A."}]', "<html><p>A.</p>", "\ud83d", "draft"),
        *(None, True, False, 0, 2**70, 1e300, float("nan"), float("-inf"), 1234.0),
    ]
)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4), max_leaves=30
)
"""JSON values made of the names and values that the readers look for."""


def _harmed(content: bytes, harm: list[tuple[int, int, bytes]], keep: int) -> bytes:
    for place, length, put in harm:
        at = place % (len(content) + 1)
        content = content[:at] + put + content[at + length :]
    return content[: len(content) * keep // 100]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def read(folder: Path, ending: str, content: bytes) -> list[Article | Notice]:
    path = folder / f"news{ending}"
    path.write_bytes(content)
    return list(SourceFile(path, "news").items())


@pytest.mark.parametrize("ending", WHOLE)
def test_what_is_whole_is_read(folder: Path, ending: str) -> None:
    assert any(isinstance(item, Article) for item in read(folder, ending, WHOLE[ending]))


@pytest.mark.parametrize("ending", WHOLE)
@given(harm=_HARM, keep=st.sampled_from([100, 100, 70, 30]))
def test_what_is_damaged_gives_articles_and_notices(
    folder: Path, ending: str, harm: list[tuple[int, int, bytes]], keep: int
) -> None:
    for item in read(folder, ending, _harmed(WHOLE[ending], harm, keep)):
        if isinstance(item, Article):
            assert item.id
            assert item.body.strip()
            assert "\n" not in item.title
            item.body.encode()  # no half of a surrogate pair
        else:
            assert item.origin
            assert item.reason
            assert UNFORESEEN not in item.reason


@given(value=_VALUES)
def test_any_names_and_values_give_articles_and_notices(folder: Path, value: object) -> None:
    for item in read(folder, ".json", json.dumps(value).encode()):
        if isinstance(item, Article):
            assert item.body.strip()
            "".join((item.id, item.title, item.body, item.source, item.url)).encode()
        else:
            assert UNFORESEEN not in item.reason


@pytest.mark.parametrize("ending", WHOLE)
@given(content=st.binary(max_size=200))
def test_any_bytes_give_articles_and_notices(folder: Path, ending: str, content: bytes) -> None:
    assert not any(isinstance(item, Notice) and UNFORESEEN in item.reason for item in read(folder, ending, content))


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        (".atom", _harmed(WHOLE[".atom"], [(1, 2, b""), (65525, 7, b"\0")], 100)),
        (".warc", _harmed(WHOLE[".warc"], [(31, 0, b"\0")], 100)),
        (".zip", _harmed(WHOLE[".zip"], [(4, 1, b"")], 100)),
        (".json", b"0"),
        (".rtf", b"{\\rtf1 The ferry \\u" + b"9" * 30 + b" ran aground.}"),
    ],
)
def test_what_once_was_an_error_is_a_notice(folder: Path, ending: str, content: bytes) -> None:
    (notice,) = [item for item in read(folder, ending, content) if isinstance(item, Notice)][:1]
    assert UNFORESEEN not in notice.reason


def test_a_reader_that_fails_is_named_and_its_traceback_is_logged(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(_: Document) -> Iterator[Article | Notice]:
        raise KeyError("a bug")

    monkeypatch.setitem(formats._READERS, ".csv", failing)
    (notice,) = read(folder, ".csv", WHOLE[".csv"])
    assert isinstance(notice, Notice)
    assert notice.reason == f"cannot be read, {UNFORESEEN}: KeyError: 'a bug'"
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("dateline", "WARNING")
    assert record.getMessage() == f"The reader of {folder / 'news.csv'} failed; please report this."
    assert record.exc_info is not None
    assert "in failing" in caplog.text
