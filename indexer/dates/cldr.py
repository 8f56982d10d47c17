"""Write ``names.txt``, the names of months and weekdays of the world's languages, from the Unicode CLDR.

``python -m indexer.dates.cldr`` takes them from Babel, whose files would take four seconds to read in each process.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, MutableMapping
from typing import Any

from babel import localedata
from babel.localedata import LocaleDataDict

from indexer.dates.folding import fold, plain
from indexer.dates.names import NAMES, Kind
from indexer.dates.words import kind_of

_OF_MANY_PAPERS = """
    af am ar ar_DZ ar_IQ ar_LB ar_MA ar_TN az be bg bn bs ca ckb cs da de de_AT el en en_AU en_GB es es_419 et eu fa fi
    fil fr fr_CA gl gu ha he hi hr hu hy id ig is it ja ka kk km kn ko ku ky lo lt lv mk ml mn mr ms my nb ne nl nn om
    pa pl ps pt pt_PT ro ru si sk sl so sq sr sr_Latn sv sw ta te tg th ti tr uk ur uz vi yo yue zh zh_Hant
"""
_OF_FEW_PAPERS = """
    as br cy dz eo fo fy ga gd jv kl kok ks la lb lg ln mg mi mt nso oc or pa_Arab pcm qu rm rn rw sa sc sd se sn st
    su tk tn to tt ug uz_Cyrl vec wo xh yi zu
"""
"""Languages whose abbreviations are left out: many mean something else in a language of many papers."""
_OTHERS: dict[tuple[Kind, int], str] = {
    ("month", 1): "янв", ("month", 2): "фев feber pebruari", ("month", 3): "maerz", ("month", 6): "июн",
    ("month", 7): "июл juill", ("month", 8): "авг agt", ("month", 9): "sept setiembre сен", ("month", 10): "окт",
    ("month", 11): "ноя nop nopember",
    ("weekday", 0): "segunda 周一 週一 礼拜一", ("weekday", 1): "tues terca 周二 週二 礼拜二",
    ("weekday", 2): "weds quarta 周三 週三 礼拜三", ("weekday", 3): "thur thurs quinta 周四 週四 礼拜四",
    ("weekday", 4): "sexta 周五 週五 礼拜五", ("weekday", 5): "周六 週六 礼拜六",
    ("weekday", 6): "周日 週日 周天 礼拜日 礼拜天",
}  # fmt: skip
"""Names that papers use, and the CLDR does not list."""
_NOT_MEANT = {("month", "sat")}
"""A name of September in Hausa, which would make "Sat 27 2025" a date."""
_MONTH = "osu"
"""In Yoruba "month" comes before the name, which papers often leave out."""
_ENDING = re.compile(r"MMMM'?([^\W\d_]+)")
"""The ending of a month's name within a date, as the pattern of a language has it."""
_Meanings = dict[str, dict[int, set[str]]]


def names() -> str:
    """Return the content of the file: a line for each month (from 1) and weekday (from 0, Monday), with its names.

    The languages of a name follow it after ``@`` if it is of several months.
    """
    found: dict[Kind, _Meanings] = {"month": {}, "weekday": {}}
    for language in _OF_MANY_PAPERS.split():
        _add(found, language, "wide", "abbreviated")
    common = {kind: set(meanings) for kind, meanings in found.items()}
    for language in _OF_FEW_PAPERS.split():
        _add(found, language, "wide")
    for language in _OF_FEW_PAPERS.split():
        for kind, number, name in _named(language, "abbreviated"):
            if name in found[kind] and name not in common[kind]:
                found[kind][name].setdefault(number, set()).add(language.partition("_")[0])
    for (kind, number), more in _OTHERS.items():
        for name in more.split():
            found[kind].setdefault(fold(name), {}).setdefault(number, set())
    return "".join(_lines(found))


def _add(found: dict[Kind, _Meanings], language: str, *widths: str) -> None:
    for kind, number, name in _named(language, *widths):
        found[kind].setdefault(name, {}).setdefault(number, set()).add(language.partition("_")[0])


def _named(language: str, *widths: str) -> Iterator[tuple[Kind, int, str]]:
    loaded: MutableMapping[Any, Any] = localedata.load(language)
    content = LocaleDataDict(loaded)
    ending = _ENDING.search(content["date_formats"]["long"].pattern)
    kinds: tuple[tuple[str, Kind], ...] = (("months", "month"), ("days", "weekday"))
    for key, kind in kinds:
        for place in ("format", "stand-alone"):
            for width in widths:
                for number, written in content[key][place][width].items():
                    name = _name(written)
                    if name and (kind, name) not in _NOT_MEANT:
                        yield kind, number, name
                        if ending and kind == "month":
                            yield kind, number, name + fold(ending[1])


def _name(written: str) -> str:
    """Return a name as dates are split into them; empty if it holds a number, such as the Chinese "5月"."""
    folded = fold(plain(written))
    if any(character.isdecimal() for character in folded):
        return ""
    words = "".join(each if kind_of(each) == "word" else " " for each in folded).split()
    return " ".join(words[1:] if words[0] == _MONTH and words[1:] else words)


def _lines(found: dict[Kind, _Meanings]) -> Iterator[str]:
    for kind, meanings in found.items():
        lines = defaultdict[int, list[str]](list)
        for name, numbers in meanings.items():
            for number, languages in numbers.items():
                ambiguous = kind == "month" and len(numbers) > 1
                lines[number].append(f"{name}@{' '.join(sorted(languages))}" if ambiguous else name)
        for number, line in sorted(lines.items()):
            yield f"{kind}\t{number}\t{'|'.join(sorted(line))}\n"


if __name__ == "__main__":
    NAMES.write_text(names(), encoding="utf-8")
