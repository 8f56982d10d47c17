"""Write a word of any script in Latin letters, about as a newspaper would spell the name.

``anyascii`` (https://github.com/anyascii/anyascii) gives each character its Latin letters without looking at its
neighbours. The corrections here are those that need the neighbours, or that depend on how a script spells foreign
names.
"""

import functools
import re
import unicodedata
from collections.abc import Callable

from anyascii import anyascii

from indexer.text.folding import fold

LONGEST = 48
"""Characters of a word that are looked at; no name is longer."""
_INDIC = "".join(f"{chr(block + 0x15)}-{chr(block + 0x39)}" for block in range(0x900, 0xD80, 0x80))
"""Consonants of the ten Indic scripts, whose blocks in Unicode have one common order."""
_ANUSVARA = "".join(chr(block + 2) for block in range(0x900, 0xD80, 0x80))
_INHERENT = re.compile(f"([{_INDIC}])(?=[{_INDIC}{_ANUSVARA}])")
_THAI_VOWEL = re.compile("([\u0e40-\u0e44\u0ec0-\u0ec4])([\u0e01-\u0e2e\u0e81-\u0eae])")
_SMALL_KANA = {
    **dict(zip("ァィゥェォ", ("_a", "_i", "_u", "_e", "_o"), strict=True)),
    **dict(zip("ぁぃぅぇぉ", ("_a", "_i", "_u", "_e", "_o"), strict=True)),
    **dict(zip("ャュョ", ("_ya", "_yu", "_yo"), strict=True)),
    **dict(zip("ゃゅょ", ("_ya", "_yu", "_yo"), strict=True)),
    "ッ": "",
    "っ": "",
    "ー": "",
}
_SMALL_KANA_POINTS = str.maketrans(_SMALL_KANA)
_SEMITIC = str.maketrans({**dict.fromkeys("اعאעئ", "a"), "ב": "b", "כ": "k", "פ": "p", "ש": "sh"})
_CONSONANTS_OF_CHINESE = str.maketrans(
    {
        character: consonant
        for consonant, characters in {
            "s": "斯思丝絲",
            "se": "塞",
            "t": "特",
            "k": "克",
            "r": "尔爾",
            "d": "德",
            "p": "普",
            "g": "格",
            "b": "布卜",
            "m": "姆",
            "f": "夫弗",
            "ts": "茨",
            "z": "兹茲",
        }.items()
        for character in characters
    }
)
"""Characters that stand for a consonant without a vowel."""
_SCRIPTS = {"HIRAGANA": "KANA", "KATAKANA": "KANA", "KATAKANA-HIRAGANA": "KANA", "THAI": "THAI", "LAO": "THAI"}
_INDIC_SCRIPTS = (
    "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA",
)  # fmt: skip


def romanise(word: str) -> str:
    """Return the word in letters a to z, or an empty string if it has no sound, as numbers and signs have none."""
    return romanise_folded(fold(word[:LONGEST]))


def romanise_folded(word: str) -> str:
    """Return the word in letters a to z; the word is folded already, as the atoms of a text are."""
    if word.isascii():
        return word if word.isalpha() else ""
    convert = _CONVERT.get(script_of(word), _other)
    return _NO_LETTER.sub("", convert(word[:LONGEST]).lower())


def script_of(word: str) -> str:
    """Return the script of the word's first letter as Unicode's names call it; kana of both kinds are ``KANA``."""
    return _script_of(word[:1] or " ")


@functools.lru_cache(2**13)
def _script_of(character: str) -> str:
    name = unicodedata.name(character, "").split(" ", 1)[0]
    if name in _INDIC_SCRIPTS:
        return "INDIC"
    return _SCRIPTS.get(name, name)


_NO_LETTER = re.compile("[^a-z]+")


def _other(word: str) -> str:
    return anyascii(word)


def _replacer(*rules: tuple[str, str]) -> Callable[[str], str]:
    compiled = [(re.compile(pattern), by) for pattern, by in rules]

    def replace(text: str) -> str:
        for pattern, by in compiled:
            text = pattern.sub(by, text)
        return text

    return replace


_greek = _replacer(
    ("^mp", "b"),
    ("^nt|(?<=[rl])nt", "d"),
    ("gk|gg", "g"),
    ("^g(?=i[aeou])", ""),
    ("^oy(?=[aei])", "w"),
    ("oy", "u"),
    ("tz", "j"),
    ("ch|kh", "h"),
    ("([ae])[uy](?=[^aeiou]|$)", r"\1v"),
)
_cyrillic = _replacer(("^u(?=[aeio])", "w"), ("(?<=[iy])y$", ""))
_pinyin = _replacer(
    ("(?<=[aeiou])ng?(?=er$)", "n"),
    ("ng", "n"),
    ("ji(?=[aou])|j(?=i)", "q"),  # 基 stands for ki and gi, 加 for ga, 金 for kin; see sounds.plain
    ("xi(?=[aeou])|x", "sh"),
    ("hua|hu(?=[aeio])", "wa"),
    ("er(?=[^aeiou]|$)", "r"),
    ("yue", "yo"),
    ("uo|ao", "o"),
    ("^ai", "e"),
)
_kana = _replacer(
    ("^u_|(?<=[aeiou])u_", "w"), ("[aiueo]_", ""), ("(?<=[sc]h)y|(?<=j)y", ""), ("(?<=[^aeiou])u(?=[^aeiouy]|$)", "")
)
_thai = _replacer(("[eo]*oo*", "o"), ("(?<=[kptc])h", ""), ("c", "ch"), ("kh", "k"))
_arabic = _replacer(
    ("(?<=.)w(?=[^a]|$)", "u"),
    ("(?<=.)y(?=[^a]|$)", "i"),
    ("^au", "o"),
    ("^ai", "i"),
    ("(?<=[^aiu])h$", "a"),
    ("h$", ""),
)
_hangul = _replacer(("(?<=.)eu(?!n$)", ""), ("eo", "o"), ("ae", "e"))
_hebrew = _replacer(
    ("vv", "w"), ("(?<=.)v", "u"), ("(?<=.)y", "i"), ("^au", "o"), ("^ai", "i"), ("(?<=[^aiu])h$", "a"), ("h$", "")
)


def _han(word: str) -> str:
    spelt = anyascii(word.translate(_CONSONANTS_OF_CHINESE)).lower()
    return _pinyin(spelt.replace("q", "ch"))


_CONVERT: dict[str, Callable[[str], str]] = {
    "GREEK": lambda word: _greek(anyascii(word)),
    "CYRILLIC": lambda word: _cyrillic(anyascii(word)),
    "CJK": _han,
    "HANGUL": lambda word: _hangul(anyascii(word).lower()),
    "KANA": lambda word: _kana(anyascii(word.translate(_SMALL_KANA_POINTS))),
    "THAI": lambda word: _thai(anyascii(_THAI_VOWEL.sub(r"\2\1", word))),
    "INDIC": lambda word: anyascii(_INHERENT.sub(r"\1a", word)),
    "ARABIC": lambda word: _arabic(anyascii(word.translate(_SEMITIC))),
    "HEBREW": lambda word: _hebrew(anyascii(word.translate(_SEMITIC))),
}
