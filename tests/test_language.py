"""Language tags become comparable, and the language of a text is found offline."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.text.language import identify_language, judge_language, normalise_tag

SUBTAGS = ["en", "pt", "BR", "zh", "cmn", "Hant", "TW", "419", "und", "x", "u", "i", "private", "root", "sgn", "ca"]


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("fr", "fr"),
        ("FR", "fr"),
        (" fr\n", "fr"),
        ("fra", "fr"),
        ("fre", "fr"),
        ("pt-BR", "pt"),
        ("pt_BR", "pt"),
        ("por", "pt"),
        ("zh_Hans", "zh"),
        ("zh-Hant-TW", "zh"),
        ("cmn", "zh"),
        ("iw", "he"),
        ("swh", "sw"),
        ("pes", "fa"),
        ("id", "id"),
        ("ckb", "ckb"),
        ("fr-x-desk", "fr"),
    ],
)
def test_tag_becomes_its_primary_language(tag: str, language: str) -> None:
    assert normalise_tag(tag) == language


@pytest.mark.parametrize(
    "tag", ["", " ", "-", "und", "xx", "q", "frenchish", "en us", "日本語", "\0", "x-private", "x-00"]
)
def test_tag_that_is_no_language_is_none(tag: str) -> None:
    assert normalise_tag(tag) is None


@example("00-AAA-000")  # langcodes takes it first and refuses it later
@given(st.text(max_size=12) | st.lists(st.sampled_from(SUBTAGS), max_size=5).map("-".join))
def test_every_text_is_a_code_of_two_or_three_letters_or_none(tag: str) -> None:
    language = normalise_tag(tag)
    assert language is None or (language.isascii() and language.isalpha() and len(language) in {2, 3})


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le ministre des Affaires étrangères est arrivé mardi à Washington.", "fr"),
        ("Bakan salı günü iki günlük bir ziyaret için Washington'a geldi.", "tr"),
        ("The minister arrived in Washington on Tuesday for a two-day visit.", "en"),
        ("وصل وزير الخارجية إلى واشنطن يوم الثلاثاء في زيارة تستغرق يومين.", "ar"),
        ("שר החוץ הגיע ביום שלישי לוושינגטון לביקור של יומיים.", "he"),
        ("विदेश मंत्री मंगलवार को दो दिन की यात्रा पर पहुँचे।", "hi"),
        ("外交部长周二抵达华盛顿，开始为期两天的访问。", "zh"),
        ("外相は火曜日、2日間の訪問のためワシントンに到着した。", "ja"),
        ("외무장관이 화요일 이틀간의 일정으로 워싱턴에 도착했다.", "ko"),
        ("รัฐมนตรีต่างประเทศเดินทางถึงวอชิงตันเมื่อวันอังคาร", "th"),
        ("የውጭ ጉዳይ ሚኒስትሩ ማክሰኞ ዕለት ዋሽንግተን ገቡ።", "am"),
    ],
)
def test_language_of_a_text(text: str, language: str) -> None:
    assert identify_language(text) == language


@pytest.mark.parametrize("text", ["", " \n", "2025: 42 %", "🚢🚢🚢", "\u0301\u200d\0"])
def test_text_without_letters_has_no_language(text: str) -> None:
    assert identify_language(text) == "und"


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    french = "Le ministre est arrivé mardi à Washington. " * 50
    assert identify_language(french + "The minister left on Wednesday. " * 5000) == "fr"


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        (
            "kk",
            "Qazaqstan prezidenti Almatyda jiynda jańa zaýyttyń ashylýy týraly aitty. Jumysshylar kóp jalaqy alady.",
        ),
        ("az", "Азәрбајҹан президенти Бакыда кечирилән јығынҹагда јени заводун ачылмасы һагда данышды. Фәһләләр."),
        ("tk", "Түркменистаның президенти Ашгабатда гечирилен йыгнакда тәзе заводың ачылмагы барада гүррүң берди."),
        (
            "tt",
            "Tatarstan prezidentı Qazanda uzğan cıyılışta yaña zavodnıñ açıluı turında söyläde, dide ministr bügen.",
        ),
    ],
)
def test_a_language_in_its_less_usual_alphabet_is_not_taken_for_its_relative(declared: str, text: str) -> None:
    assert judge_language(declared, text * 4) == declared
