"""Measure how often the language of a news passage is identified correctly, among languages the identifier knows."""

import hashlib
from collections import Counter
from pathlib import Path

from figures import Figures, figure
from news import read_records

from indexer.text.language import identify_language, language_probabilities, normalise_tag

_MIN_CHARACTERS = 80
"""Shorter passages are not measured, because the index joins them to their neighbours."""


def language_figures(data: Path, every: int) -> Figures:
    """Identify the language of one passage in ``every`` of two sets; return the accuracy, and the worst languages."""
    figures: Figures = {}
    known = {normalise_tag(label) for label in language_probabilities("")}
    for name, path in (
        ("masakhane_news", data / "masakhane_news" / "articles.jsonl.gz"),
        ("ntrex_headline30", data / "ntrex_headline30" / "corpus.jsonl.gz"),
    ):
        asked, right = Counter[str](), Counter[str]()
        for record in read_records(path):
            language = normalise_tag(str(record["language"])) or ""
            for text in str(record["text"]).split("\n\n"):
                if language not in known or len(text) < _MIN_CHARACTERS or _number(text) % every:
                    continue
                asked[language] += 1
                right[language] += identify_language(text) == language
        worst = sorted(asked, key=lambda language: right[language] / asked[language])[:3]
        named = ", ".join(f"{language} {right[language] / asked[language]:.3f}" for language in worst)
        how = f"{asked.total():,} passages in {len(asked)} languages; least {named}"
        figures[f"language right, {name}"] = figure(right.total() / asked.total(), 0.97, "higher", how)
    return figures


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest())
