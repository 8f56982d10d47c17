"""Normalise language tags, and identify the language of a text offline.

This is the only module that imports langcodes and py3langid.
"""

import functools
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

UNKNOWN = "und"
Judge = Callable[[str, str], str]
"""Returns the language of a text, given the declared language (may be empty) and the text; see ``judge_language``."""
_MIN_LETTERS = 80
"""A declared language is not questioned if the beginning of the text holds fewer letters than this."""
_MIN_PROBABILITY = 0.99
"""Probability above which another language overrides the declared one."""
_CLOSE_RELATIVES = tuple(
    frozenset(group.split())
    for group in (
        *("bs hr sr", "da nb nn no", "id ms", "gl pt"),
        *("kk tk", "crh kk", "az ba", "az tt", "tk tt", "ba tk", "crh tt"),  # in the less usual of two alphabets
    )
)
"""Groups of languages that the identifier confuses."""
_FIRST_CHECK = 150
"""If the first 150 characters confirm the declared language, the rest of the sample is not examined."""
_SAMPLE = 2000
"""Characters that the identifier reads. Reading the whole article does not make it more certain."""


_NAMES = {
    "albanian": "sq", "amharic": "am", "arabic": "ar", "armenian": "hy", "azerbaijani": "az", "bengali": "bn",
    "bosnian": "bs", "bulgarian": "bg", "burmese": "my", "catalan": "ca", "chinese": "zh", "croatian": "hr",
    "czech": "cs", "danish": "da", "dutch": "nl", "english": "en", "estonian": "et", "farsi": "fa", "finnish": "fi",
    "french": "fr", "georgian": "ka", "german": "de", "greek": "el", "gujarati": "gu", "hausa": "ha", "hebrew": "he",
    "hindi": "hi", "hungarian": "hu", "icelandic": "is", "indonesian": "id", "italian": "it", "japanese": "ja",
    "kannada": "kn", "kazakh": "kk", "khmer": "km", "korean": "ko", "kurdish": "ku", "lao": "lo", "latvian": "lv",
    "lithuanian": "lt", "macedonian": "mk", "malay": "ms", "malayalam": "ml", "mandarin": "zh", "marathi": "mr",
    "mongolian": "mn", "nepali": "ne", "norwegian": "no", "pashto": "ps", "persian": "fa", "polish": "pl",
    "portuguese": "pt", "punjabi": "pa", "romanian": "ro", "russian": "ru", "serbian": "sr", "sinhala": "si",
    "slovak": "sk", "slovenian": "sl", "somali": "so", "spanish": "es", "swahili": "sw", "swedish": "sv",
    "tagalog": "tl", "tamil": "ta", "telugu": "te", "thai": "th", "turkish": "tr", "ukrainian": "uk", "urdu": "ur",
    "uzbek": "uz", "vietnamese": "vi", "welsh": "cy", "yoruba": "yo",
}  # fmt: skip
"""The names of languages in English, which databases of news write for a tag."""


@functools.lru_cache(1024)
def normalise_tag(tag: str) -> str | None:
    """Return the primary language of a tag (``pt-BR`` and ``por`` are ``pt``, ``cmn`` is ``zh``), or None.

    The name of a language in English is read as its tag. None means that ISO 639 has no such language.
    """
    import langcodes
    from langcodes.tag_parser import LanguageTagError

    try:
        standard = langcodes.standardize_tag(_NAMES.get(tag.strip().casefold(), tag.strip()), macro=True)
        primary = str(langcodes.Language.get(standard).language or UNKNOWN)
    except LanguageTagError:  # Language.get rejects some malformed tags that standardize_tag accepts
        return None
    return primary if primary != UNKNOWN and primary.isalpha() and langcodes.tag_is_valid(primary) else None


def identify_language(text: str) -> str:
    """Return the ISO 639 code of a text's language; ``und`` if the text has no letters."""
    sample = text[:_SAMPLE]
    if not any(character.isalpha() for character in sample):
        return UNKNOWN
    return normalise_tag(_classify(sample)) or UNKNOWN


def judge_language(declared: str, text: str) -> str:
    """Return the declared language, unless the text is clearly in another one.

    If ``declared`` is empty, the language is identified from the text.
    """
    if not declared:
        return identify_language(text)
    return surely_another(text, declared) or declared


class Judgements:
    """A cached ``judge_language``: texts that were judged in an earlier build are looked up."""

    def __init__(self, before: Mapping[str, str]) -> None:
        self._before = before
        self.told: dict[str, str] = {}
        """The language of each text that was asked about.

        The key is a digest of the declared language and of the first ``_SAMPLE`` characters of the text.
        """

    def __call__(self, declared: str, text: str) -> str:
        seen = f"{declared}\0{text[:_SAMPLE]}".encode(errors="surrogatepass")
        digest = hashlib.blake2b(seen, digest_size=10).hexdigest()
        self.told[digest] = self._before.get(digest) or judge_language(declared, text)
        return self.told[digest]


def surely_another(text: str, declared: str) -> str:
    """Return the language of a text if it is clearly not the declared one, else an empty string.

    The declared language is kept if the identifier does not know it, or if the text looks like a close relative of it
    (Bosnian and Croatian).
    """
    sample = text[:_SAMPLE]
    if sum(map(str.isalpha, sample[: 4 * _MIN_LETTERS])) < _MIN_LETTERS:
        return ""
    if normalise_tag(_classify(sample[:_FIRST_CHECK])) == declared:
        return ""
    likely = language_probabilities(sample)
    if declared not in likely:
        return ""
    found = max(likely, key=likely.__getitem__)
    related = any({found, declared} <= group for group in _CLOSE_RELATIVES)
    return found if not related and found != declared and likely[found] > _MIN_PROBABILITY else ""


def language_probabilities(text: str) -> dict[str, float]:
    """Return the probability of each language that the identifier knows, keyed by ISO 639 code."""
    return dict(_identifier().rank(text[:_SAMPLE]))


def _classify(text: str) -> str:
    return str(_identifier().classify(text)[0])


@functools.cache
def _identifier() -> Any:
    from py3langid import langid

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
