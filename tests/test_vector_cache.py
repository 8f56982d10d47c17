"""The cache of vectors: what was encoded is not encoded again, whatever happens to the file in between."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import orjson
import pytest
from numpy.typing import NDArray

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.protocol import Encoder, EncoderIdentity, Vectors
from indexer.errors import CacheError
from indexer.generations import store
from indexer.vectors.cache import CachingEncoder, VectorCache

WORDS = EncoderIdentity("words", "1", 4)
TEXTS = ["the ferry", "渡轮", "", "ferry \ud800"]
RECORD = 16 + 4 + 4 * 4


def _vectors(count: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((count, 4)).astype(np.float32)


@pytest.fixture
def filled(tmp_path: Path) -> VectorCache:
    cache = VectorCache.open(tmp_path, WORDS)
    cache.add(TEXTS, _vectors(4))
    return cache


def test_what_was_added_is_found_by_this_and_the_next_process(filled: VectorCache, tmp_path: Path) -> None:
    for cache in (filled, VectorCache.open(tmp_path, WORDS)):
        vectors, known = cache.find([*TEXTS[::-1], "new"])
        assert known.tolist() == [True, True, True, True, False]
        np.testing.assert_array_equal(vectors, np.vstack([_vectors(4)[::-1], np.zeros((1, 4))]))
        assert len(cache) == 4


@pytest.mark.parametrize(
    "other", [EncoderIdentity("letters", "1", 4), EncoderIdentity("words", "2", 4), EncoderIdentity("words", "1", 8)]
)
def test_another_encoder_revision_or_dimension_has_a_cache_of_its_own(
    filled: VectorCache, tmp_path: Path, other: EncoderIdentity
) -> None:
    cache = VectorCache.open(tmp_path, other)
    assert (len(cache), cache.path != filled.path) == (0, True)


@pytest.mark.parametrize("left", [1, 10, RECORD - 1])
def test_a_record_cut_short_is_dropped_and_the_rest_stays(filled: VectorCache, tmp_path: Path, left: int) -> None:
    content = filled.path.read_bytes()
    filled.path.write_bytes(content[: len(content) - RECORD + left])
    cache = VectorCache.open(tmp_path, WORDS)
    assert cache.find(TEXTS)[1].tolist() == [True, True, True, False]
    cache.add(["after"], _vectors(1, seed=1))
    vectors, known = VectorCache.open(tmp_path, WORDS).find([*TEXTS[:3], "after"])
    assert known.all()
    np.testing.assert_array_equal(vectors, np.vstack([_vectors(4)[:3], _vectors(1, seed=1)]))


def test_a_damaged_vector_is_not_known_and_can_be_added_again(filled: VectorCache, tmp_path: Path) -> None:
    content = bytearray(filled.path.read_bytes())
    content[-1] ^= 1
    filled.path.write_bytes(content)
    cache = VectorCache.open(tmp_path, WORDS)
    assert cache.find(TEXTS)[1].tolist() == [True, True, True, False]
    cache.add(TEXTS[3:], _vectors(4)[3:])
    np.testing.assert_array_equal(VectorCache.open(tmp_path, WORDS).find(TEXTS)[0], _vectors(4))


def _records_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by the number of records of each read."""
    counts: list[int] = []
    read = VectorCache._read

    def counted(cache: VectorCache, rows: NDArray[np.int64]) -> NDArray[np.void]:
        counts.append(rows.size)
        return read(cache, rows)

    monkeypatch.setattr(VectorCache, "_read", counted)
    return counts


def test_opening_a_cache_reads_no_vector(filled: VectorCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.add(["more"], _vectors(1))
    counts = _records_read(monkeypatch)
    cache = VectorCache.open(tmp_path, WORDS)
    assert (len(cache), sum(counts)) == (5, 0)
    assert cache.find(["more"])[1].tolist() == [True]
    assert sum(counts) == 1


@pytest.mark.parametrize(
    ("spoil", "read_again"),
    [
        (lambda path: path.unlink(), 4),
        (lambda path: path.write_bytes(path.read_bytes()[: 16 + 2 * 8 + 3]), 2),
        (lambda path: path.write_bytes(b"\0" + path.read_bytes()[1:]), 4),
        (lambda path: path.write_bytes(path.read_bytes() + bytes(24)), 0),
        (lambda path: path.write_bytes(b""), 4),
    ],
    ids=["removed", "cut short", "of another cache", "too long", "emptied"],
)
def test_a_key_file_that_does_not_fit_is_completed_from_the_vectors(
    filled: VectorCache,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path], object],
    read_again: int,
) -> None:
    spoil(filled.path.with_suffix(".keys"))
    counts = _records_read(monkeypatch)
    cache = VectorCache.open(tmp_path, WORDS)
    assert sum(counts) == read_again
    cache.add(["after"], _vectors(1, seed=1))
    for each in (cache, VectorCache.open(tmp_path, WORDS)):
        vectors, known = each.find([*TEXTS, "after", "never added"])
        assert known.tolist() == [True] * 5 + [False]
        np.testing.assert_array_equal(vectors[:5], np.vstack([_vectors(4), _vectors(1, seed=1)]))


def test_wrong_keys_lose_vectors_and_never_give_wrong_ones(filled: VectorCache, tmp_path: Path) -> None:
    keys = filled.path.with_suffix(".keys")
    content = keys.read_bytes()
    keys.write_bytes(content[:16] + content[24:32] + content[16:24] + content[32:])
    vectors, known = VectorCache.open(tmp_path, WORDS).find(TEXTS)
    assert known.tolist() == [False, False, True, True]
    np.testing.assert_array_equal(vectors[2:], _vectors(4)[2:])
    assert not vectors[:2].any()


def test_nothing_is_left_of_the_key_of_a_forgotten_text(filled: VectorCache) -> None:
    gone = hashlib.sha256(TEXTS[0].encode()).digest()[:8]
    assert gone in filled.path.with_suffix(".keys").read_bytes()
    filled.shrink(10**9, TEXTS[1:], forget=True)
    assert gone not in filled.path.with_suffix(".keys").read_bytes()
    assert filled.find(TEXTS)[1].tolist() == [False, True, True, True]


def test_a_header_cut_short_is_written_anew(filled: VectorCache, tmp_path: Path) -> None:
    filled.path.write_bytes(filled.path.read_bytes()[:100])
    assert len(VectorCache.open(tmp_path, WORDS)) == 0


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            orjson.dumps({"dateline vectors": 2, "encoder": "words"}),
            r"\.vectors is a vector cache of version 2, this version reads 1",
        ),
        (b"something else", r"\.vectors is no vector cache, this version reads 1"),
        (b"[1]", r"\.vectors is no vector cache, this version reads 1"),
    ],
)
def test_another_version_or_file_is_refused_with_the_way_out(
    filled: VectorCache, tmp_path: Path, header: bytes, message: str
) -> None:
    filled.path.write_bytes(header.ljust(4096))
    with pytest.raises(CacheError, match=message) as caught:
        VectorCache.open(tmp_path, WORDS)
    assert caught.value.hint == f"rm {filled.path}"


def test_beyond_its_size_it_keeps_what_was_used(filled: VectorCache, tmp_path: Path) -> None:
    size = filled.path.stat().st_size
    filled.shrink(size, TEXTS[:1])
    assert len(filled) == 4
    filled.shrink(size - 1, [TEXTS[2], TEXTS[0], "never added"])
    for cache in (filled, VectorCache.open(tmp_path, WORDS)):
        assert cache.find(TEXTS)[1].tolist() == [True, False, True, False]
        np.testing.assert_array_equal(cache.find([TEXTS[2]])[0][0], _vectors(4)[2])
    filled.shrink(4096 + RECORD, [TEXTS[0], TEXTS[2]])
    assert filled.find(TEXTS)[1].tolist() == [True, False, False, False]
    filled.shrink(0, TEXTS)
    assert (len(filled), filled.path.stat().st_size) == (0, 4096)


def test_two_processes_append_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    script = (
        "import sys, numpy as np; from pathlib import Path\n"
        "from indexer.encoders.protocol import EncoderIdentity; from indexer.vectors.cache import VectorCache\n"
        "cache = VectorCache.open(Path(sys.argv[1]), EncoderIdentity('words', '1', 4)); sys.stdin.readline()\n"
        "for n in range(200): cache.add([f'{sys.argv[2]} {n}'], np.full((1, 4), n, dtype=np.float32))\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name], stdin=subprocess.PIPE) for name in "ab"
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    assert [writer.wait(timeout=600) for writer in writers] == [0, 0]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.close()
    vectors, known = VectorCache.open(tmp_path, WORDS).find([f"{name} {n}" for n in range(200) for name in "ab"])
    assert known.all()
    np.testing.assert_array_equal(vectors[:, 0], np.repeat(np.arange(200), 2))


def test_a_text_is_encoded_once(word_encoder: Encoder, tmp_path: Path) -> None:
    caching = CachingEncoder(word_encoder, VectorCache.open(tmp_path, word_encoder.identity))
    first = caching.encode_passages(["a ferry", "a bank", "a ferry"])
    assert (caching.encoded, word_encoder.calls) == (2, 2)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(caching.encode_passages(["a bank", "a ferry"]), first[[1, 0]])
    assert caching.encoded == 2
    np.testing.assert_allclose(first, word_encoder.encode_passages(["a ferry", "a bank", "a ferry"]))
    assert caching.encode_passages([]).shape == (0, 64)


def test_vectors_are_right_also_where_the_cache_does_not_keep_them(
    word_encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = VectorCache.open(tmp_path, word_encoder.identity)
    caching = CachingEncoder(word_encoder, cache)
    caching.encode_passages(["a bank"])
    monkeypatch.setattr(cache, "add", lambda *_: None)
    texts = ["a ferry", "a bank", "a dam", "a ferry"]
    np.testing.assert_allclose(caching.encode_passages(texts), word_encoder.encode_passages(texts))


def test_a_rebuild_of_the_same_news_encodes_nothing_and_of_changed_news_what_changed(
    write_jsonl: Callable[..., Path], word_encoder: Encoder, tmp_path: Path
) -> None:
    def build(*texts: str) -> int:
        news = write_jsonl(*({"id": str(number), "text": text} for number, text in enumerate(texts)))
        return rebuild_index(BuildPlan([news], tmp_path / "index", word_encoder)).encoded

    assert build("one", "two", "three") == 3
    first = store.open_current(tmp_path / "index").manifest.files["vectors.faiss"]
    assert build("one", "two", "three") == 0
    assert store.open_current(tmp_path / "index").manifest.files["vectors.faiss"] == first
    assert build("one", "two", "four") == 1
    assert word_encoder.calls == 4  # type: ignore[attr-defined]


def test_a_rebuild_killed_while_encoding_goes_on_where_it_was(
    write_jsonl: Callable[..., Path], word_encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = write_jsonl(*({"text": f"story {number}"} for number in range(30)))
    plan = BuildPlan([news], tmp_path / "index", word_encoder)
    monkeypatch.setattr(word_encoder, "at_once", 10)
    encode = word_encoder.encode_passages

    def interrupted(texts: Sequence[str]) -> Vectors:
        if "story 20" in texts:
            raise KeyboardInterrupt("ctrl-c")
        return encode(texts)

    with monkeypatch.context() as patched:
        patched.setattr(word_encoder, "encode_passages", interrupted)
        with pytest.raises(KeyboardInterrupt, match="ctrl-c"):
            rebuild_index(plan)
    assert rebuild_index(plan).encoded == 10
