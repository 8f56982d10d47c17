"""Languages that are written in two alphabets: a word as the other alphabet spells it.

A word is converted letter by letter, so that a reader of either alphabet finds it. The Latin alphabet may have several
spellings: Kazakhstan adopted one after the other, and đ is typed as dj too. All are folded afterwards, which removes
the accents of Latin letters and the apostrophes of Uzbek.

What is written with fewer letters is read as the commonest of those that it may be: Kazakh i is і, and ı is ы.
"""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from indexer.text.folding import fold_anew
from indexer.text.normal_forms import normalise

Convert = Callable[[str], str]


class _Alphabets(NamedTuple):
    """How a language's words are converted."""

    to_latin: tuple[Convert, ...]
    """One for each Latin orthography."""
    to_cyrillic: Convert


def in_both_alphabets(word: str, language: str) -> tuple[str, ...]:
    """Return other spellings of a word, folded, in both alphabets of its language; none if the language has only one.

    Args:
        word: A word as it is written.
        language: Its ISO 639 code.
    """
    if language not in _TWO_ALPHABETS:
        return ()
    written = normalise("NFC", word).casefold().translate(_APOSTROPHES)
    conversions = _conversions(language)
    cyrillic = conversions.to_cyrillic(written) if _LATIN.fullmatch(written) else written
    if not _CYRILLIC.fullmatch(cyrillic):
        return ()
    found = dict.fromkeys(fold_anew(each) for each in (cyrillic, *(latin(cyrillic) for latin in conversions.to_latin)))
    found.pop("", None)
    found.pop(fold_anew(word), None)
    return tuple(found)


_APOSTROPHE: Final = "'"
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʻʼ`´ʹ′＇"), _APOSTROPHE)
_CYRILLIC = re.compile("['\u0400-\u052f]+")
_LATIN = re.compile("['a-z\u00df-\u024f\u0259\u0307]+")
"""With the schwa, and the dot that lower case leaves of a capital İ."""


def _pairs(text: str) -> dict[str, str]:
    """Read pairs such as ``а:a б:b``; what stands for nothing is dropped."""
    return dict(pair.split(":") for pair in text.split())


def _converter(letters: Mapping[str, str], *rules: tuple[str, str]) -> Convert:
    """Return a function that applies rules, which are regular expressions, and then the letters, longest first."""
    compiled = [(re.compile(pattern), by) for pattern, by in rules]
    letter = re.compile("|".join(sorted(map(re.escape, letters), key=len, reverse=True)))

    def convert(word: str) -> str:
        for pattern, by in compiled:
            word = pattern.sub(by, word)
        return letter.sub(lambda found: letters[found[0]], word)

    return convert


def _reversed(letters: Mapping[str, str], without: str = "") -> dict[str, str]:
    """Return the way back: of Cyrillic letters with the same Latin one, the first; some are left out."""
    back: dict[str, str] = {}
    for cyrillic, latin in letters.items():
        if latin and cyrillic not in without:
            back.setdefault(latin, cyrillic)
    return back


_SERBIAN = _pairs(
    "а:a б:b в:v г:g д:d ђ:đ е:e ж:ž з:z и:i ј:j к:k л:l љ:lj м:m н:n њ:nj о:o п:p р:r с:s т:t ћ:ć у:u ф:f х:h ц:c ч:č"
    " џ:dž ш:š"
)
_UZBEK = _pairs(
    "а:a б:b в:v г:g д:d е:e ё:yo ж:j з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:x ц:ts ч:ch ш:sh ъ:'"
    " ь: э:e ю:yu я:ya ў:o' қ:q ғ:g' ҳ:h щ:sh ы:i"
)
_KAZAKH = _pairs(
    "а:a ә:ä б:b в:v г:g ғ:ğ д:d е:e ё:io ж:j з:z и:i й:i к:k қ:q л:l м:m н:n ң:ñ о:o ө:ö п:p р:r с:s т:t у:u ұ:ū ү:ü"
    " ф:f х:h һ:h ц:ts ч:ch ш:ş щ:ş ъ: ы:y і:ı ь: э:e ю:iu я:ia"
)
"""The alphabet of 2021."""
_KAZAKH_2018 = _KAZAKH | _pairs("ә:á ғ:ǵ и:ı й:ı і:i ң:ń ө:ó у:ý ұ:u ү:ú ш:sh ч:ch щ:sh ю:ıý я:ıa")
_AZERBAIJANI = _pairs(
    "а:a ә:ə б:b в:v г:q ғ:ğ д:d е:e ж:j з:z и:i ы:ı ј:y к:k ҝ:g л:l м:m н:n о:o ө:ö п:p р:r с:s т:t у:u ү:ü ф:f х:x"
    " һ:h ч:ç ҹ:c ш:ş й:y э:e ц:s ю:yu я:ya ё:yo ь: ъ:"
)
_TURKMEN = _pairs(
    "а:a б:b в:w г:g д:d е:e ё:ýo ж:ž җ:j з:z и:i й:ý к:k л:l м:m н:n ң:ň о:o ө:ö п:p р:r с:s т:t у:u ү:ü ф:f х:h ц:s"
    " ч:ç ш:ş ы:y э:e ә:ä ю:ýu я:ýa щ:ş ь: ъ:"
)
_TATAR = _pairs(
    "а:a ә:ä б:b в:w г:g д:d е:e ё:yo ж:j җ:c з:z и:i й:y к:k л:l м:m н:n ң:ñ о:o ө:ö п:p р:r с:s т:t у:u ү:ü ф:f х:x"
    " һ:h ц:ts ч:ç ш:ş щ:şç ы:ı э:e ю:yu я:ya ь: ъ:"
)
_VOWELS = "aeiouäöüaeo"
_VOWELS_CYRILLIC = "аеёиоуыэюяәөүұўі"
_TURKIC_E = rf"(?:^|(?<=[{_VOWELS_CYRILLIC}ъь]))е"
"""е is ye at the beginning and after a vowel."""
_TURKIC_LATIN_E = f"(?:^|(?<=[{_VOWELS}]))e"


def _serbian() -> _Alphabets:
    return _Alphabets((_converter(_SERBIAN), _converter(_SERBIAN | {"ђ": "dj"})), _converter(_reversed(_SERBIAN)))


def _uzbek() -> _Alphabets:
    back = _reversed(_UZBEK, without="эщыъ") | _pairs("ye:е w:в c:ц")
    return _Alphabets(
        (_converter(_UZBEK, (_TURKIC_E, "ye"), (rf"(?<![{_VOWELS_CYRILLIC}])ц", "s")),),
        _converter(back, (_TURKIC_LATIN_E, "э"), ("yo'", "йў"), ("(?<=[a-z])(?<!o)(?<!g)'", "ъ")),
    )


def _kazakh() -> _Alphabets:
    newer = _reversed(_KAZAKH, without="щһ") | _pairs("i:и ı:і w:у x:х ç:ч c:ц")
    older = _reversed(_KAZAKH_2018, without="щһ") | _pairs("ı:и i:і")
    read_newer, read_older = (
        _converter(letters, (f"(?<=[{_VOWELS}ūıyáóúý]){i}(?![au])", "й")) for letters, i in ((newer, "i"), (older, "ı"))
    )

    def to_cyrillic(word: str) -> str:
        return (read_older if _OF_2018.search(word) else read_newer)(word)

    return _Alphabets((_converter(_KAZAKH), _converter(_KAZAKH_2018)), to_cyrillic)


_OF_2018 = re.compile("[áǵńóúý]|sh")


def _azerbaijani() -> _Alphabets:
    return _Alphabets((_converter(_AZERBAIJANI),), _converter(_reversed(_AZERBAIJANI, without="йюяёц")))


def _turkmen() -> _Alphabets:
    back = _reversed(_TURKMEN, without="эщц") | _pairs("ýe:е v:в")
    return _Alphabets(
        (_converter(_TURKMEN, (_TURKIC_E, "ýe")),),
        _converter(back, (_TURKIC_LATIN_E, "э")),
    )


def _tatar() -> _Alphabets:
    back = _reversed(_TATAR, without="э") | _pairs("ye:е v:в q:к ğ:г ə:ә")
    return _Alphabets(
        (_converter(_TATAR, (_TURKIC_E, "ye")),),
        _converter(back, (_TURKIC_LATIN_E, "э")),
    )


_TWO_ALPHABETS: Mapping[str, Callable[[], _Alphabets]] = {
    **dict.fromkeys(("sr", "bs", "hr", "sh", "cnr"), _serbian),
    "uz": _uzbek,
    "kk": _kazakh,
    "az": _azerbaijani,
    "tk": _turkmen,
    "tt": _tatar,
}


@functools.cache
def _conversions(language: str) -> _Alphabets:
    return _TWO_ALPHABETS[language]()
