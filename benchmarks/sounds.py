"""Measure how often a name is found by its sound in other languages, how many wrong words come with it, and the time.

    python benchmarks/sounds.py [--json] [--quick]

Names in 18 languages are looked up among the words of news in 30 languages, of which those that only the name's own
language has are left out. A word is right if it occurs in a passage that is relevant to the name and begins like the
name as it is written in the word's language, so a right word is known without any comparison of sounds. A word is
wrong if it occurs in no relevant passage. The constants in ``indexer/keywords`` were chosen on the half of the names
with even ``asking.half_of``; the figures are given for both halves.

Time and size are measured with a million words: those of all data sets, and of noise as archives hold it.
"""

import argparse
import gzip
import itertools
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from asking import half_of
from figures import Figure, Figures, figure, print_figures
from news import DATA, read_records
from vocabulary import noise_texts, real_texts

from indexer.keywords.name_runs import find_runs, names_of
from indexer.keywords.romanise import script_of
from indexer.keywords.sound_entries import create_sounds
from indexer.keywords.sound_index import SoundIndex, open_sounds
from indexer.keywords.writer import KeywordIndexWriter
from indexer.text.atoms import find_atoms

LIMIT = 100
"""Words that are looked up for a word of a name."""
LEAST_WEIGHTS = (0, 0.5)
WORDS = 1_000_000
ASKED = 2000
"""Words that are looked up to measure the time, besides all names."""
_SHARED = 4
"""Letters that a right word has in common with the name as its language writes it; all, if the name is shorter."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as one language writes it."""

    id: str
    language: str
    words: tuple[str, ...]
    relevant: frozenset[str]
    """Ids of the passages, in all languages, that hold the name."""

    @property
    def number(self) -> str:
        """The number that the name has in all languages."""
        return self.id.rsplit("-", 1)[0]

    @property
    def half(self) -> int:
        """0 if the name belongs to the half on which constants were chosen, otherwise 1."""
        return half_of(self.id) % 2


class Corpus:
    """The words of the passages and the names that are looked up among them."""

    def __init__(self, data: Path) -> None:
        passages: dict[str, list[str]] = defaultdict(list)
        self.language_of: dict[str, str] = {}
        for record in read_records(data / "ntrex_headline30" / "corpus.jsonl.gz"):
            self.language_of[str(record["_id"])] = str(record["language"])
            for word in set(heard_words(str(record["text"]))):
                passages[word].append(str(record["_id"]))
        self.words = sorted(passages)
        self.scripts = [script_of(word) for word in self.words]
        self.passages = [frozenset(passages[word]) for word in self.words]
        self.names = list(_read_names(data / "short_queries" / "ntrex"))
        self._forms = {(name.number, name.language): name.words for name in self.names}
        self._right: dict[str, dict[int, set[str]]] = {}

    def right_words(self, name: Name) -> dict[int, set[str]]:
        """Return the numbers of the right words of a name, each with the languages in which it is one."""
        if name.number not in self._right:
            self._right[name.number] = {
                number: languages
                for number, passages in enumerate(self.passages)
                if not name.relevant.isdisjoint(passages) and (languages := self._languages(number, name))
            }
        return self._right[name.number]

    def _languages(self, number: int, name: Name) -> set[str]:
        found = {self.language_of[passage] for passage in self.passages[number] & name.relevant}
        word = self.words[number]
        return {each for each in found if any(is_form(word, form) for form in self._forms.get((name.number, each), ()))}


def heard_words(text: str) -> Iterator[str]:
    """Yield the words and runs of a text that may be names."""
    atoms = find_atoms(text)
    yield from (atom.text for atom in atoms if atom.kind == "word" and len(atom.text) > 1)
    yield from (run for run, _ in find_runs(atoms))


def _read_names(folder: Path) -> Iterator[Name]:
    relevant: dict[str, set[str]] = defaultdict(set)
    with gzip.open(folder / "qrels.tsv.gz", "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            query, passage, _ = line.split("\t")
            relevant[query].add(passage)
    for record in read_records(folder / "queries.jsonl.gz"):
        if record["kind"] == "name":
            words = tuple(names_of(find_atoms(str(record["text"]))))
            name = str(record["_id"])
            yield Name(name, str(record["language"]), words, frozenset(relevant[name]))


def is_form(word: str, name: str) -> bool:
    """Tell whether a word begins like a name in its own spelling, perhaps behind one letter, a preposition."""
    shared = min(_SHARED, len(name))
    beginning = name[:shared]
    if script_of(word) in {"CJK", "HANGUL"}:
        beginning = name[: min(len(name), 3)]
    return len(name) > 1 and (word.startswith(beginning) or (len(name) > shared and word[1:].startswith(beginning)))


@dataclass(frozen=True, slots=True)
class Found:
    """What is found for a name, among words of one kind of script."""

    share: float | None
    """Share of the languages with a right word in which one is found; None if no language has one."""
    wrong: int


def look_up(corpus: Corpus, index: SoundIndex, name: Name, least: float) -> tuple[Found, Found]:
    """Look up the words of a name, and return what is found among words of other scripts, and of its own."""
    right, own = corpus.right_words(name), script_of(name.words[0])
    weights = [pair for word in name.words for pair in index.near(word, LIMIT)]
    heard = {number for number, weight in weights if weight >= least}
    heard = {row for row in heard if any(corpus.language_of[each] != name.language for each in corpus.passages[row])}
    found = []
    for same in (False, True):
        of_kind = {number for number in heard if (corpus.scripts[number] == own) == same}
        wanted = [right[number] for number in right if (corpus.scripts[number] == own) == same]
        languages = set[str]().union(*wanted) - {name.language}
        reached = languages & set[str]().union(*(right[number] for number in of_kind if number in right))
        wrong = sum(name.relevant.isdisjoint(corpus.passages[number]) for number in of_kind)
        found.append(Found(len(reached) / len(languages) if languages else None, wrong))
    return found[0], found[1]


def name_figures(corpus: Corpus, index: SoundIndex, every: int) -> Figures:
    """Return the share of right words found and the number of wrong ones, by kind of script, half and language."""
    figures: Figures = {}
    names = [name for i, name in enumerate(corpus.names) if name.words and i % every == 0]
    for least in LEAST_WEIGHTS:
        found = {name: look_up(corpus, index, name, least) for name in names}
        for kind, called in enumerate(("other scripts", "same script")):
            title = f"{called}, weight {least or '> 0'}"
            for half in (0, 1):
                some = [each[kind] for name, each in found.items() if name.half == half]
                figures[f"found, {title}, {'held out' if half else 'chosen on'}"] = _share(some)
            wrong = [each[kind].wrong for each in found.values()]
            how = f"median of {len(wrong)} names; 90 % have {np.quantile(wrong, 0.9):.0f} or fewer"
            figures[f"wrong words, {title}"] = figure(float(np.median(wrong)), None, "lower", how)
        if least == LEAST_WEIGHTS[0]:
            for language in sorted({name.language for name in names}):
                some = [each[0] for name, each in found.items() if name.language == language]
                figures[f"found, other scripts, from {language}"] = _share(some)
    return figures


def _share(found: Sequence[Found]) -> Figure:
    shares = [each.share for each in found if each.share is not None]
    how = f"of the languages of {len(shares)} names; in one at least: {np.mean([share > 0 for share in shares]):.3f}"
    return figure(float(np.mean(shares)), None, "higher", how)


def cost_figures(corpus: Corpus, folder: Path, *, quick: bool) -> Figures:
    """Return the bytes of an index beside those of a keyword index, and the time of a look-up in a large one."""
    texts = list(real_texts(quick))
    words, keywords = set[str](), KeywordIndexWriter(folder / "keywords")
    for text in texts:
        words.update(heard_words(text))
    keywords.add(texts, itertools.repeat("und", len(texts)))
    keywords.close()
    create_sounds(folder / "real", sorted(words))
    size, indexed = (folder / "real").stat().st_size, (folder / "keywords").stat().st_size
    how = f"{len(words):,} words of {len(texts):,} texts; {size / len(words):.1f} bytes a word"
    figures = {"size / keyword index": figure(size / indexed, 0.1, "lower", how)}
    noise = noise_texts(texts[::50], random.Random(0))
    wanted = 2 * len(words) if quick else WORDS
    while len(words) < wanted:
        words.update(heard_words(next(noise)))
    began = time.thread_time()
    create_sounds(folder / "large", sorted(words))
    took = time.thread_time() - began
    figures["build, microseconds a word"] = figure(1e6 * took / len(words), None, "lower", "processor time")
    index, chance = open_sounds(folder / "large"), random.Random(1)
    asked = [word for name in corpus.names for word in name.words] + chance.sample(sorted(words), ASKED)
    times = [_milliseconds(index, word) for word in asked]
    for percentile in (50, 95, 99, 100):
        how = f"processor time of {len(asked):,} words among {len(words):,}"
        target = 5 if percentile == 99 else None
        figures[f"look-up, p{percentile}, ms"] = figure(float(np.percentile(times, percentile)), target, "lower", how)
    return figures


def _milliseconds(index: SoundIndex, word: str) -> float:
    began = time.thread_time()
    index.near(word, LIMIT)
    return 1000 * (time.thread_time() - began)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="fewer names and texts: within a minute")
    arguments = parser.parse_args()
    news = Corpus(DATA)
    with tempfile.TemporaryDirectory() as place:
        create_sounds(Path(place, "news"), news.words)
        measured = name_figures(news, open_sounds(Path(place, "news")), 5 if arguments.quick else 1)
        measured |= cost_figures(news, Path(place), quick=arguments.quick)
    print_figures(measured, "names by their sound", arguments.json)
