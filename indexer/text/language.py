"""Languages: tags made comparable, and the language of a text, offline.

The only module that imports langcodes and py3langid.
"""

import functools
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

UNKNOWN = "und"
Judge = Callable[[str, str], str]
"""Tells the language of a text from the declared one, if any, and the text; see ``judge_language``."""
_ENOUGH, _SURE = 80, 0.99
_ALIKE = tuple(frozenset(group.split()) for group in ("bs hr sr", "da nb nn no", "id ms", "gl pt"))
_GLANCE = 150
"""Characters after which a language that was declared needs no further look."""
_SAMPLE = 2000
"""Characters the identifier reads: it is as sure after them as after the whole article."""


@functools.lru_cache(1024)
def normalise_tag(tag: str) -> str | None:
    """Return the primary language of a tag (``pt-BR`` and ``por`` are ``pt``, ``cmn`` is ``zh``), or None.

    None means that the tag is no language that ISO 639 knows.
    """
    import langcodes
    from langcodes.tag_parser import LanguageTagError

    try:
        standard = langcodes.standardize_tag(tag.strip(), macro=True)
        primary = str(langcodes.Language.get(standard).language or UNKNOWN)
    except LanguageTagError:  # for odd tags the second raises where the first did not
        return None
    return primary if primary != UNKNOWN and primary.isalpha() and langcodes.tag_is_valid(primary) else None


def identify_language(text: str) -> str:
    """Tell the language of a text; ``und`` when it holds no letters."""
    sample = text[:_SAMPLE]
    if not any(character.isalpha() for character in sample):
        return UNKNOWN
    return normalise_tag(_classify(sample)) or UNKNOWN


def judge_language(declared: str, text: str) -> str:
    """Return the language of a text: as declared, unless the text clearly is in another; nothing may be declared."""
    return surely_another(text, declared) or declared if declared else identify_language(text)


class Judgements:
    """Tells languages of texts as ``judge_language`` does, and of a text that was seen before without a look."""

    def __init__(self, before: Mapping[str, str]) -> None:
        self._before = before
        self.told: dict[str, str] = {}
        """What was told, by digest of what was declared and of the part of the text that is looked at."""

    def __call__(self, declared: str, text: str) -> str:
        seen = f"{declared}\0{text[:_SAMPLE]}".encode(errors="surrogatepass")
        digest = hashlib.blake2b(seen, digest_size=10).hexdigest()
        self.told[digest] = self._before.get(digest) or judge_language(declared, text)
        return self.told[digest]


def surely_another(text: str, declared: str) -> str:
    """Return the language of a text where it clearly is not the declared one, else nothing.

    A language that the identifier does not know, and close relatives (Bosnian and Croatian), are taken as declared.
    """
    sample = text[:_SAMPLE]
    if sum(map(str.isalpha, sample[: 4 * _ENOUGH])) < _ENOUGH:
        return ""
    if normalise_tag(_classify(sample[:_GLANCE])) == declared:
        return ""
    likely = language_probabilities(sample)
    if declared not in likely:
        return ""
    found = max(likely, key=likely.__getitem__)
    alike = any({found, declared} <= group for group in _ALIKE)
    return found if not alike and found != declared and likely[found] > _SURE else ""


def language_probabilities(text: str) -> dict[str, float]:
    """Return how likely each language that the identifier knows is, by ISO 639 code."""
    return {str(label): float(share) for label, share in _identifier().rank(text[:_SAMPLE])}


def _classify(text: str) -> str:
    return str(_identifier().classify(text)[0])


@functools.cache
def _identifier() -> Any:
    from py3langid import langid

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
