"""The names of months and weekdays in the languages of the world, and the words that stand between them in dates."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from indexer.dates.folding import fold

Kind = Literal["month", "weekday"]

NAMES: Final = Path(__file__).with_name("names.txt")
"""Written by ``indexer.dates.cldr``."""


@dataclass(frozen=True, slots=True)
class Names:
    """All names, folded by ``fold`` and without dots; some have several words."""

    months: Mapping[str, Mapping[int, frozenset[str]]]
    """The months that a name can stand for and, if there are several, the languages in which it does."""
    weekdays: Mapping[str, frozenset[int]]
    """The weekdays that a name can stand for; 0 is Monday."""
    most_words: int
    """The words of the longest name."""


@functools.cache
def all_names() -> Names:
    """Read the names, when they are needed first."""
    months: dict[str, dict[int, frozenset[str]]] = {}
    weekdays: dict[str, frozenset[int]] = {}
    for line in NAMES.read_text(encoding="utf-8").splitlines():
        kind, number, listed = line.split("\t")
        for each in listed.split("|"):
            name, _, languages = each.partition("@")
            if kind == "month":
                months.setdefault(name, {})[int(number)] = frozenset(languages.split())
            else:
                weekdays[name] = weekdays.get(name, frozenset()) | {int(number)}
    return Names(months, weekdays, max(name.count(" ") for name in (*months, *weekdays)) + 1)


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


UNITS: Final = _words(
    """
    the of at on in de del della dello des du d di da do dos le la el las los l en a à as os den der dem am an um im vom
    dne dnia u o w v ngay nam ga ta ya i
    year ano anno jahr rok roku r г год года году р рік року ж жыл жылы жылғы թ թվականի оны он гараг gada g m
    в во йил йили يوم ماه
    e ko ин ын ел ils év évi napján yil yili yilning sene
    uhr hrs hours h hr clock ora ore orele heures heure hora horas kl klo kello klokken saat pukul jam час часа часов ч
    годин години hod ve ad ce م ค ศ ที่ วันที่ วัน เวลา น ปี พ ศ ค oṣù ב ה ቀን ዓ को
    """
)
"""Articles, prepositions and units, which stand between the parts of a date and tell nothing of the day."""

LABELS: Final = _words(
    """
    date dated load publication published publish pubdate posted created updated update last modified first issued
    online edition late final early morning evening print
    publie publiee mis mise jour paru parue modifie veroffentlicht erschienen aktualisiert stand datum publicado
    publicada actualizado actualizada atualizado fecha data pubblicato aggiornato gepubliceerd bijgewerkt geplaatst
    publicerad uppdaterad publisert oppdatert udgivet opdateret julkaistu paivitetty opublikowano aktualizacja
    publikacji vydano aktualizovano objavljeno tarih tarihi yayin yayinlanma guncelleme guncellenme δημοσιευση ενημερωση
    опубликовано обновлено дата опубліковано оновлено публикувано
    发布时间 發布時間 发布 發布 时间 時間 日期 更新时间 更新 公開 公開日 公開日時 掲載 配信 更新日 更新日時 投稿日
    입력 수정 등록 기사입력 최종수정 승인 송고시간
    تاریخ نشر النشر تحدیث فی منتشر انتشار פורסם עודכן दिनांक प्रकाशित তারিখ প্রকাশিত
    """
)
"""Words that say what a date is of."""

ORDINALS: Final = _words("st nd rd th er re ere eme e o a an de ste te ter da mh го й я е η ης ე ն ին טן טער ی")
"""The endings of ordinal numbers, which follow a number without a space."""

BEFORE_NOON: Final = _words(
    "am 上午 午前 오전 πμ ص صباحا öö قظ قبلازظهر قبلظهر sa sáng ก่อนเที่ยง dop 凌晨 清晨 早上 पूर्वाह्न ጥዋት"
)
AFTER_NOON: Final = _words(
    "pm 下午 午後 오후 μμ م مساء ös بظ بعدازظهر بعدظهر ch chiều tối หลังเที่ยง odp pop 晚上 傍晚 अपराह्न ከሰዓት"
)
"""Words before or after a time of twelve hours, without dots and spaces."""


def is_between(word: str) -> bool:
    """Return whether a folded word may stand between the parts of a date."""
    return word in UNITS or word in LABELS


def is_word(word: str) -> bool:
    """Return whether dates are made of a folded word or name."""
    names = all_names()
    return word in names.months or word in names.weekdays or is_between(word)
