"""Whatever a stranger writes is read in time that is proportional to its length: by each reader, and each function.

The pattern of a text is repeated to two lengths, of which the second is four times the first. It may take at most five
times the time. `make linear` does that with all patterns and with texts of 64,000 and 256,000 characters.
"""

import logging
import time
import warnings
from collections.abc import Callable, Iterator

import pytest
from hostile_documents import PLACES, read_bytes
from hostile_functions import FUNCTIONS
from hostile_patterns import MAIN_PATTERNS, PATTERNS

from indexer.sources import formats

_TIMES_LONGER, _TIMES_THE_TIME = 4, 5
_NOISE = {True: 0.1, False: 0.5}
"""Seconds that a measurement may be wrong by: in the whole matrix, and beside other tests on the same cores."""
_MEASUREMENTS = 3
"""A text that seems to take too long is measured as often, since other programs may disturb it."""
_LONGEST = 10.0
"""Seconds that a text may take, however its time grows."""


def test_every_format_has_a_place_where_hostile_text_stands() -> None:
    endings = {ending for ending, _ in PLACES.values()}
    assert set(formats._READERS) <= endings | _LIKE_ANOTHER.keys()
    assert {formats._READERS[each] for each in _LIKE_ANOTHER} <= {formats._READERS.get(each) for each in endings}
    assert set(_PACKED) == {*formats.ARCHIVES, *formats.PACKED}
    assert {".zip", ".tar", ".txt.gz"} <= endings


_LIKE_ANOTHER = {".xlsb": ".xlsx", ".xls": ".xlsx", ".ods": ".xlsx"}
"""Formats that the same library reads; no small one can be written byte by byte."""
_PACKED = (*formats.ARCHIVES, *formats.PACKED)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_text_takes_linear_time(name: str, whole_matrix: bool) -> None:
    function = FUNCTIONS[name]
    assert list(_slow(lambda text: lambda: function(text), whole_matrix=whole_matrix)) == []


@pytest.mark.parametrize("place", PLACES)
def test_a_reader_takes_linear_time(place: str, whole_matrix: bool) -> None:
    ending, make = PLACES[place]

    def prepare(text: str) -> Callable[[], object]:
        content = make(text)
        return lambda: read_bytes(f"news{ending}", content)

    assert list(_slow(prepare, whole_matrix=whole_matrix)) == []


def _slow(prepare: Callable[[str], Callable[[], object]], *, whole_matrix: bool) -> Iterator[str]:
    """Yield what takes too long, for people."""
    length, noise = 64_000 if whole_matrix else 3_000, _NOISE[whole_matrix]
    _seconds(prepare("a b "))  # what is loaded at its first use
    for pattern in PATTERNS if whole_matrix else MAIN_PATTERNS:
        long = prepare(_repeated(pattern, length * _TIMES_LONGER))
        took = _seconds(long)
        if took <= noise:
            continue
        short = prepare(_repeated(pattern, length))
        before = _seconds(short)
        for _ in range(_MEASUREMENTS):
            if took <= before * _TIMES_THE_TIME + noise:
                break
            took, before = min(took, _seconds(long)), max(before, _seconds(short))
        if took > before * _TIMES_THE_TIME + noise:
            yield f"{pattern!r}: {before:.3f} s, of {_TIMES_LONGER} times the length {took:.3f} s"
        elif took > _LONGEST:
            yield f"{pattern!r}: {took:.1f} s"


def _repeated(pattern: str, length: int) -> str:
    return (pattern * (length // len(pattern) + 1))[:length]


def _seconds(function: Callable[[], object]) -> float:
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        function()
    return time.process_time() - start


@pytest.fixture(scope="module", autouse=True)
def _without_logging() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def whole_matrix(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--whole-matrix"))
