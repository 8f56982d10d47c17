"""Have all readers read damaged documents for a chosen time, and keep what makes one fail.

    python tests/fuzz.py --minutes 10 --kept .fuzz

Documents that are read in a new way are kept, and damaged further, also by the next run. What ends a reader, hangs it,
takes more memory than a reader may have, or raises what nobody foresaw is written to ``.fuzz/found``; its name tells
the format and what happened. The exit code is 1 if there is any.
"""

import argparse
import hashlib
import logging
import multiprocessing
import os
import random
import re
import sys
import threading
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from hostile_documents import PLACES, read_bytes
from hostile_patterns import MAIN_PATTERNS
from mutations import LONGEST, damaged
from small_files import WHOLE

from indexer.article import Article
from indexer.notice import Notice
from indexer.passages.cutting import PassageLimits, cut_passages
from indexer.sources.reading import UNFORESEEN
from indexer.text.atoms import find_atoms

SECONDS = 20.0
"""What a reader may take over one document, of the processor."""
_PATIENCE = 15
"""How many times as long it may take by the clock, where other programs have the processor."""
MEMORY = 1536 * 2**20
"""Bytes that a reader may take."""
_SEED_CHARACTERS = 300
_MOST_KEPT = 400
"""Documents of a format that are kept."""
_VARIABLE = re.compile(r"\d+|'[^']*'|\"[^\"]*\"")
"""What differs between notices that mean the same."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the reading of one document ended."""

    kind: str
    """``read``, ``failed``, ``memory``, ``hang`` or ``crash``."""
    told: str
    """How it was read, in so far as that differs from other documents; or what happened."""


@dataclass(slots=True)
class Corpus:
    """The documents of all formats that are read in different ways."""

    folder: Path
    documents: dict[str, list[bytes]]
    ways: set[tuple[str, str]] = field(default_factory=set)
    runs: Counter[str] = field(default_factory=Counter)
    found: list[Path] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, ending: str, content: bytes, outcome: Outcome) -> None:
        """Keep a document if it was read in a new way, or not read as it should be."""
        digest = hashlib.blake2b(content, digest_size=6).hexdigest()
        with self.lock:
            self.runs[ending] += 1
            if outcome.kind != "read":
                self._write("found", f"{outcome.kind}-{digest}{ending}", content)
                self._write("found", f"{outcome.kind}-{digest}{ending}.why", outcome.told.encode(errors="replace"))
                self.found.append(self.folder / "found" / f"{outcome.kind}-{digest}{ending}")
            elif (ending, outcome.told) not in self.ways:
                self.ways.add((ending, outcome.told))
                if len(self.documents[ending]) < _MOST_KEPT:
                    self.documents[ending].append(content)
                    self._write("kept", f"{digest}{ending}", content)

    def _write(self, kind: str, name: str, content: bytes) -> None:
        (self.folder / kind).mkdir(parents=True, exist_ok=True)
        (self.folder / kind / name).write_bytes(content)


def open_corpus(folder: Path) -> Corpus:
    """Return the seeds of all formats, and what earlier runs kept."""
    documents: dict[str, list[bytes]] = {ending: [content] for ending, content in WHOLE.items()}
    for ending, make in PLACES.values():
        patterns = MAIN_PATTERNS[::4]
        made = [make((pattern * _SEED_CHARACTERS)[:_SEED_CHARACTERS]) for pattern in patterns]
        documents.setdefault(ending, []).extend(made)
    for path in sorted((folder / "kept").glob("*")):
        ending = path.name[12:]
        documents.setdefault(ending, []).append(path.read_bytes())
    return Corpus(folder, documents)


class Reader:
    """A process that reads documents, and is replaced when one ends it."""

    def __init__(self) -> None:
        self._start()

    def read(self, ending: str, content: bytes) -> Outcome:
        """Return how the reading of a document ended."""
        try:
            self._pipe.send((ending, content))
            if self._answers():
                outcome: Outcome = self._pipe.recv()
                if outcome.kind == "memory":
                    self._replace()
                return outcome
        except (EOFError, OSError):
            self._process.join()
            code = self._process.exitcode
            self._start()
            return Outcome("crash", f"the process ended with {code}")
        self._replace()
        return Outcome("hang", f"longer than {SECONDS:g} s")

    def _answers(self) -> bool:
        """Wait until the process answers, and return whether it does so in time."""
        before = self._seconds()
        for _ in range(_PATIENCE):
            if self._pipe.poll(SECONDS):
                return True
            if self._seconds() - before > SECONDS:
                return False
        return False

    def _seconds(self) -> float:
        """Return what the process has taken of the processor, or by the clock where the system does not tell that."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except OSError:
            return time.monotonic()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def _replace(self) -> None:
        self.close()
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other,), daemon=True)
        self._process.start()
        other.close()


def _serve(pipe: Connection) -> None:
    """Read what comes through a pipe, and answer how that ended."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    while True:
        ending, content = pipe.recv()
        try:
            outcome = Outcome("read", _told(read_bytes(f"news{ending}", content)))
        except MemoryError:
            outcome = Outcome("memory", traceback.format_exc())
        except Exception:  # whatever it is, it is what is looked for
            outcome = Outcome("failed", traceback.format_exc())
        if _most_memory() > MEMORY:
            outcome = Outcome("memory", outcome.told)
        pipe.send(outcome)


def _most_memory() -> int:
    """Return the most bytes that this process held; ``ru_maxrss`` would begin with those of the process before it."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def _told(items: Sequence[Article | Notice]) -> str:
    """Return how a document was read.

    Raises:
        AssertionError: It is not as it has to be.
    """
    told = set()
    for item in items:
        if isinstance(item, Notice):
            assert UNFORESEEN not in item.reason, item.reason
            f"{item.origin}{item.reason}".encode()
            told.add(_VARIABLE.sub("#", item.reason)[:80])
        else:
            _check(item)
            told.add(f"{item.language} {bool(item.title)} {bool(item.published)} {len(item.body).bit_length()}")
    return f"{len(items).bit_length()} {sorted(told)[:12]}"


def _check(article: Article) -> None:
    """Take an article through what a build does with its text."""
    "".join((article.id, article.title, article.body, article.source, article.url, article.origin)).encode()
    assert "\n" not in article.title
    passages = cut_passages(article, PassageLimits(), lambda texts: [len(each) // 4 for each in texts])
    assert all(article.body[each.start : each.end] == each.text for each in passages)
    find_atoms(article.body[:5000], article.language)


def fuzz(corpus: Corpus, seconds: float, seed: int) -> None:
    """Read damaged documents with one process until the time is up."""
    chance, reader, end = random.Random(seed), Reader(), time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            ending = chance.choice(list(corpus.documents))
            with corpus.lock:
                known = list(corpus.documents[ending])
            content = damaged(chance, chance.choice(known), known)[:LONGEST]
            corpus.note(ending, content, reader.read(ending, content))
    finally:
        reader.close()


def _lines(corpus: Corpus, minutes: float) -> Iterator[str]:
    for ending, count in sorted(corpus.runs.items()):
        yield f"{ending or 'no ending':16}{count:>9,} read{len(corpus.documents[ending]):>6} kept"
    yield f"{sum(corpus.runs.values()):,} documents in {minutes:g} minutes; {len(corpus.found)} that readers fail at"
    yield from (str(path) for path in corpus.found)


def main() -> int:
    """Fuzz with as many processes as are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--kept", type=Path, default=Path(".fuzz"))
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    parser.add_argument("--formats", nargs="*", help="the endings that are read; all if none is given")
    given = parser.parse_args()
    corpus = open_corpus(given.kept)
    if given.formats:
        corpus.documents = {ending: known for ending, known in corpus.documents.items() if ending in given.formats}
    threads = [
        threading.Thread(target=fuzz, args=(corpus, given.minutes * 60, given.seed + number))
        for number in range(given.processes)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("\n".join(_lines(corpus, given.minutes)))
    return 1 if corpus.found else 0


if __name__ == "__main__":
    sys.exit(main())
