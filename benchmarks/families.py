"""Measure whether synthetic copies of newswire articles join the families of their originals, and no others.

Four kinds of copies are made of one article in N by a seeded generator and added to all articles, which include real
near-duplicates. Recall counts the pairs of a copy and its original. Precision counts all pairs of a copy and an article
in the same family; pairs of two copies are not counted. If the article is not the copy's original, the pair is correct
if the article is a near-duplicate of the original: most words of the shorter of the two must occur in the other in the
same order. This criterion is independent of the method that is evaluated.

Parameters were chosen on the half of the articles for which ``chosen`` is true; figures are given for both halves.
"""

import hashlib
import random
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from figures import Figures, figure
from news import DATA, read_records

from indexer.duplicates.families import FamilyFinder
from indexer.text.atoms import split_atoms

PRECISION, RECALL = 0.99, 0.95
_REWORDED = 0.1
_SAME = 0.6
"""Two articles count as near-duplicates if at least this share of the shorter one's words occurs in both in order."""
_LEAST_WORDS = 20
"""Least words of an article that is copied. Shorter articles have only identical copies."""
Edit = Callable[[str, random.Random, Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Copy:
    """A synthetic copy of an article."""

    text: str
    kind: str
    article: int
    """The row of the original article."""


def cut(text: str, chance: random.Random, _words: Sequence[str]) -> str:
    """Keep the first half or two thirds of the words, in whole paragraphs if possible."""
    share = chance.choice((1 / 2, 2 / 3))
    room = round(len(text.split()) * share)
    kept: list[str] = []
    for paragraph in text.split("\n\n"):
        words = paragraph.split()[:room]
        if not words:
            break
        kept.append(" ".join(words))
        room -= len(words)
    return "\n\n".join(kept)


def reorder(text: str, chance: random.Random, _words: Sequence[str]) -> str:
    """Shuffle the paragraphs."""
    paragraphs = text.split("\n\n")
    chance.shuffle(paragraphs)
    return "\n\n".join(paragraphs)


def reword(text: str, chance: random.Random, words: Sequence[str]) -> str:
    """Change a tenth of the words: replace or drop them, or insert another word before them."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        kept: list[str] = []
        for word in paragraph.split():
            if chance.random() >= _REWORDED:
                kept.append(word)
                continue
            kept += chance.choice(([], [chance.choice(words)], [chance.choice(words), word]))
        paragraphs.append(" ".join(kept))
    return "\n\n".join(paragraphs)


def combine(text: str, chance: random.Random, words: Sequence[str]) -> str:
    """Reorder, then cut, then reword."""
    return reword(cut(reorder(text, chance, words), chance, words), chance, words)


KINDS: dict[str, Edit] = {"cut": cut, "reordered": reorder, "reworded": reword, "all three": combine}


def make_copies(texts: Sequence[str], every: int) -> list[Copy]:
    """Return one copy of each kind of one text in ``every``."""
    words = sorted({word for text in texts[:: max(every, 1)] for word in text.split()})
    copies = []
    for row, text in enumerate(texts):
        chance = random.Random(row)
        if chance.randrange(every) or len(text.split()) < _LEAST_WORDS:
            continue
        copies += [Copy(edit(text, chance, words), kind, row) for kind, edit in KINDS.items()]
    return copies


def chosen(article_id: str) -> bool:
    """Tell whether an article belongs to the half on which the parameters were chosen."""
    return hashlib.sha256(article_id.encode()).digest()[0] % 2 == 0


def are_near_duplicates(one: str, other: str) -> bool:
    """Tell whether two texts are near-duplicates, by the words that occur in both in the same order."""
    some, others = one.split(), other.split()
    blocks = SequenceMatcher(None, some, others, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= _SAME * min(len(some), len(others))


def judge(texts: Sequence[str], copies: Sequence[Copy], families: Sequence[int]) -> Counter[tuple[str, str]]:
    """Count by kind of copy: pairs of copy and original that were ``made`` and ``found``, and ``wrong`` pairs."""
    together: dict[int, list[int]] = defaultdict(list)
    for row, family in enumerate(families[: len(texts)]):
        together[family].append(row)
    right: dict[tuple[int, int], bool] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for copy, family in zip(copies, families[len(texts) :], strict=True):
        counts[copy.kind, "made"] += 1
        for row in together[family]:
            pair = copy.article, row
            if row != copy.article and pair not in right:
                right[pair] = are_near_duplicates(texts[copy.article], texts[row])
            counts[copy.kind, "found"] += row == copy.article
            counts[copy.kind, "others"] += row != copy.article
            counts[copy.kind, "wrong"] += row != copy.article and not right[pair]
    return counts


def family_figures(data: Path = DATA, every: int = 8) -> Figures:
    """Make copies of newswire, find families, and return precision, recall, and seconds and bytes for each article."""
    records = list(read_records(data / "reuters21578_en" / "articles.jsonl.gz"))
    texts = [str(record["text"]) for record in records]
    copies = make_copies(texts, every)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    finder = FamilyFinder()
    for text in (*texts, *(copy.text for copy in copies)):
        finder.add(split_atoms(text))
    families = finder.families().tolist()
    seconds = time.process_time() - began
    after, count = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, len(families)
    figures: Figures = {}
    for name, half in (("chosen on", True), ("held out", False)):
        of_half = [i for i, copy in enumerate(copies) if chosen(str(records[copy.article]["id"])) == half]
        kept = families[: len(texts)] + [families[len(texts) + i] for i in of_half]
        figures |= _half(name, judge(texts, [copies[i] for i in of_half], kept))
    minute = 60 / 40_000
    figures["seconds_for_40000"] = figure(seconds / count / minute * 60, 60, "lower", f"of one core; {count} articles")
    figures["bytes_an_article"] = figure(finder.nbytes / count, 1500, "lower", "kept while families are looked for")
    how = "growth of the largest memory while they are found"
    figures["peak_bytes_an_article"] = figure((after - before) * 1024 / count, None, "lower", how)
    joined = Counter(families[: len(texts)])
    share = sum(size for size in joined.values() if size > 1) / len(texts)
    figures["originals_in_families"] = figure(
        share, None, "lower", "share of the articles, joined with another of them"
    )
    return figures


def _half(name: str, counts: Counter[tuple[str, str]]) -> Figures:
    """Return precision and recall of one half of the articles, overall and by kind of copy."""
    figures: Figures = {}
    for kinds in (list(KINDS), *([kind] for kind in KINDS)):
        total = {what: sum(counts[kind, what] for kind in kinds) for what in ("made", "found", "others", "wrong")}
        suffix = "" if len(kinds) > 1 else "_" + kinds[0].replace(" ", "_")
        prefix = name.replace(" ", "_")
        right = total["found"] + total["others"] - total["wrong"]
        how = f"{name}: {total['wrong']} wrong, {total['others'] - total['wrong']} real near-duplicates"
        precision = right / max(right + total["wrong"], 1)
        figures[f"{prefix}_precision{suffix}"] = figure(precision, PRECISION, "higher", how)
        recall = total["found"] / max(total["made"], 1)
        figures[f"{prefix}_recall{suffix}"] = figure(recall, RECALL, "higher", f"{name}: of {total['made']} pairs")
    return figures
