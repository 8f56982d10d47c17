"""The words of a generation's passages, sorted, in one memory-mapped file; and those that resemble a word.

A misspelt word is found among all words of about its length. Each word has a sketch of its letters, 64 bits, which
tells at least how many letters two words differ in: their bag distance, which is never above the edit distance
(Bartolini, Ciaccia and Patella 2002, https://doi.org/10.1007/3-540-45735-6_24). Only the few words whose sketches are
alike are then compared letter by letter. So no word within the distance is missed, wherever the typo is, and the time
hardly depends on which words there are.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from indexer.errors import IndexCorruptError, IndexFormatError
from indexer.keywords import terms
from indexer.keywords.index import KeywordIndex
from indexer.storage.arrays import open_arrays

KIND, VERSION = "dateline vocabulary", 2
MOST_COMPARED = 2**13
"""Words that are compared letter by letter with one word at most, the most frequent ones. News in 30 languages with a
quarter of a million words of noise never gave more than a third of this."""
_ONE_TYPO, _TWO_TYPOS = 4, 9
"""Letters from which a word may have one typo, and two."""
_LONGEST = 255
"""Letters. What is longer is no word in which somebody made a typo, and takes long to compare."""
_BLOCK = 2**16
"""Words that are decoded at a time."""
_SAMPLE = 64
"""Words that are looked up to see whether a keyword index is of the same passages."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
"""Fibonacci hashing: 2**64 divided by the golden ratio (Knuth, The Art of Computer Programming, volume 3, 6.4)."""

MOST_COUNTED = 2**16 - 1
"""Passages that are counted at most of those that hold a word."""

Sketches = NDArray[np.uint64]
Places = NDArray[np.int64]


class Vocabulary:
    """The words and numbers of the passages of a generation. It is safe to use from several threads.

    The words are sorted by their number of letters, that is, code points, then by their number of bytes in UTF-8, then
    by their letters; a place is an index into them. So words of one size are neighbours, and no word needs an offset of
    its own. They are folded as ``Atom.text`` is. Two joined words or numbers count as one as well, as they do in a
    search: where passages hold e-mail, email is a word. Of scripts without spaces only what may be names is listed, see
    ``name_runs``.
    """

    def __init__(self, path: Path) -> None:
        """Map the file.

        Raises:
            IndexFormatError: It was written in another version of its format, or of other terms.
            IndexCorruptError: It is missing or damaged, or is no vocabulary.
        """
        facts, self._arrays = open_arrays(path, KIND, VERSION)
        if facts.get("terms") != terms.VERSION:
            raise IndexFormatError(
                f"{path} holds terms of version {facts.get('terms')}, this version of Dateline makes {terms.VERSION}",
                "run rebuild-index",
            )
        try:
            self.passages, self._keyword_terms = int(facts["passages"]), int(facts["keyword_terms"])
            self._text, self._sketches = self._arrays["text"], self._arrays["sketches"]
            self.frequencies: NDArray[np.uint16] = self._arrays["frequencies"]
            """In how many passages, with their titles, each word occurs, ``MOST_COUNTED`` at most, shape (words,)."""
            self._letters, self._bytes = (
                self._arrays["letters"].astype(np.int64),
                self._arrays["bytes"].astype(np.int64),
            )
            self._first_word, self._first_byte = self._arrays["first_word"], self._arrays["first_byte"]
            ends = int(self._first_byte[-1]), int(self._first_word[-1]), self._first_word.size, self._first_byte.size
            wanted = self._text.size, self.frequencies.size, self._letters.size + 1, self._bytes.size + 1
        except (KeyError, IndexError) as error:
            raise IndexCorruptError(f"{path} is damaged: it lacks {error}", "run rebuild-index") from error
        if ends != wanted:
            raise IndexCorruptError(f"{path} is damaged: its words do not add up", "run rebuild-index")

    def __len__(self) -> int:
        return self.frequencies.size

    def __iter__(self) -> Iterator[str]:
        """Yield the words in the order of their places."""
        for first in range(0, len(self), _BLOCK):
            yield from self.words(np.arange(first, min(first + _BLOCK, len(self))))

    def __contains__(self, word: str) -> bool:
        return self.find(word) is not None

    def words(self, places: Places) -> list[str]:
        """Return the words at some places."""
        text = self._text.data
        bounds = zip(*(each.tolist() for each in self._bounds(places)), strict=True)
        return [str(text[first:after], "utf-8") for first, after in bounds]

    def begin_with_a_to_z(self, places: Places) -> NDArray[np.bool_]:
        """Tell which of the words at some places begin with a letter from a to z, without reading them."""
        first = self._text[self._bounds(places)[0]]
        return (ord("a") <= first) & (first <= ord("z"))

    def find(self, word: str) -> int | None:
        """Return the place of a folded word, or None if no passage holds it."""
        encoded = word.encode(errors="surrogatepass")
        sizes = np.flatnonzero((self._letters == len(word)) & (self._bytes == len(encoded))).tolist()
        return self._find(encoded, sizes[0]) if sizes else None

    def near(self, word: str, *, limit: int = 20) -> list[tuple[str, int]]:
        """Return the other words that a folded word may be a misspelling of, with the number of typos.

        A typo is a letter too many, too few or exchanged, or two neighbours swapped: the distance is that of optimal
        string alignment. Words of four to eight letters may have one, longer ones two. Shorter words, words of more
        than 255 letters and numbers have none, so nothing is near them.

        Args:
            word: The folded word; it need not be in the vocabulary.
            limit: How many words to return at most: those with the fewest typos, and of these the most frequent.
        """
        most = typos_allowed(word)
        if not most:
            return []
        places = self._alike(word, most)
        if places.size > MOST_COMPARED:
            order = np.argsort(-self.frequencies[places].astype(np.int64), kind="stable")
            places = places[order[:MOST_COMPARED]]
        words = self.words(places)
        distances = _distances(word, words, most)
        order = np.lexsort((places, -self.frequencies[places].astype(np.int64), distances))
        near = order[(distances[order] > 0) & (distances[order] <= most)][:limit]
        return [(words[row], int(distances[row])) for row in near.tolist()]

    def is_of(self, passages: KeywordIndex) -> bool:
        """Tell whether this is the vocabulary of the passages of a keyword index, as far as a sample of words tells."""
        places = np.linspace(0, len(self) - 1, min(len(self), _SAMPLE), dtype=np.int64)
        held = frequencies_of(self.words(places), passages)
        return self._keyword_terms == passages.arrays["hashes"].size and bool(
            np.array_equal(np.minimum(held, MOST_COUNTED), self.frequencies[places])
        )

    def _alike(self, word: str, most: int) -> Places:
        """Return the places of words that may be within a distance of a word, ascending; all that are, and some more.

        An edit changes at most two letters of the bag: an exchange removes one and adds one, and what is too many or
        too few changes one. Words whose lengths differ need that many edits of the latter kind.
        """
        sketch, found = sketches_of([word])[0], []
        for difference in range(-most, most + 1):
            places = self._of_length(len(word) + difference)
            differing = np.bitwise_count(self._sketches[places.start : places.stop] ^ sketch)
            found.append(np.flatnonzero(differing <= 2 * most - abs(difference)) + places.start)
        return np.concatenate(found)

    def _of_length(self, letters: int) -> range:
        """Return the places of the words of so many letters."""
        first, after = np.searchsorted(self._letters, [letters, letters + 1]).tolist()
        return range(int(self._first_word[first]), int(self._first_word[after]))

    def _find(self, encoded: bytes, size: int) -> int | None:
        """Return the place of a word among those of its size, the number of which is given."""
        places = range(*self._first_word[size : size + 2].tolist())
        place = bisect_left(places, encoded, key=lambda place: self._bytes_of(size, place))
        found = place < len(places) and self._bytes_of(size, places[place]) == encoded
        return places[place] if found else None

    def _bytes_of(self, size: int, place: int) -> bytes:
        """Return the word at a place, which is one of the words of a size."""
        width = int(self._bytes[size])
        begin = int(self._first_byte[size]) + (place - int(self._first_word[size])) * width
        return bytes(self._text[begin : begin + width])

    def _bounds(self, places: Places) -> tuple[Places, Places]:
        """Return where the words at some places begin and end in the text."""
        sizes = np.searchsorted(self._first_word, places, side="right") - 1
        widths = self._bytes[sizes]
        firsts = self._first_byte[sizes] + (places - self._first_word[sizes]) * widths
        return firsts, firsts + widths


def order_of_words(word: str) -> tuple[int, int, str]:
    """Return what the words of a vocabulary are sorted by."""
    return len(word), len(word.encode()), word


def typos_allowed(word: str) -> int:
    """Return how many typos a folded word may have: none, one or two."""
    if len(word) > _LONGEST or any(character.isnumeric() for character in word):
        return 0
    return int(len(word) >= _ONE_TYPO) + int(len(word) >= _TWO_TYPOS)


def count_typos(word: str, other: str) -> int:
    """Return the distance of two words in typos, as ``Vocabulary.near`` counts them."""
    return OSA.distance(word, other)


def sketches_of(words: Sequence[str]) -> Sketches:
    """Return a sketch of the bag of letters of each word, shape (words,). All words must have the same length.

    The first a of a word sets one of 64 bits, its second a another, and so on. So two sketches differ in at most as
    many bits as their bags differ in letters.
    """
    count, length = len(words), len(words[0])
    encoded = "".join(words).encode("utf-32-le", errors="surrogatepass")
    letters = np.sort(np.frombuffer(encoded, "<u4").reshape(count, length), axis=1)
    first = np.ones(letters.shape, np.bool_)
    first[:, 1:] = letters[:, 1:] != letters[:, :-1]
    numbers = np.arange(length)
    earlier = numbers - np.maximum.accumulate(np.where(first, numbers, 0), axis=1)
    bits = ((earlier.astype(np.uint64) << np.uint64(32) | letters) * _MIX) >> np.uint64(58)
    sketches: Sketches = np.bitwise_or.reduce(np.uint64(1) << bits, axis=1)
    return sketches


def frequencies_of(words: Sequence[str], passages: KeywordIndex) -> NDArray[np.int64]:
    """Return how many rows of a keyword index hold each word, shape (words,)."""
    hashes, first_entry = passages.arrays["hashes"], passages.arrays["first_entry"]
    wanted = terms.hashes_of(map(terms.term_of, words))
    if not hashes.size:
        return np.zeros(wanted.size, np.int64)
    places = np.minimum(np.searchsorted(hashes, wanted), hashes.size - 1)
    first_posting = passages.arrays["first_posting"]
    rows = first_posting[first_entry[places + 1]] - first_posting[first_entry[places]]
    return np.where(hashes[places] == wanted, rows, 0)


def _distances(word: str, others: Sequence[str], most: int) -> NDArray[np.uint8]:
    """Return the optimal string alignment distance to each of the other words; above ``most``, ``most + 1``."""
    distances = cdist([word], others, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8, workers=1)
    return np.asarray(distances[0], np.uint8)
