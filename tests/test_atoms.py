"""Spelling variants are folded, and texts are split into atoms, in many scripts."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.atoms import Atom, AtomColumns, find_atoms, join_columns, split_atoms
from indexer.text.folding import fold

Growth = Callable[[Callable[[int], object], int], float]


def _words(text: str) -> list[str]:
    return [atom.text for atom in find_atoms(text)]


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Élysée", "elysee"),
        ("e\u0301lite", "elite"),
        ("Straße", "strasse"),
        ("İSTANBUL", "istanbul"),
        ("Isparta", "isparta"),
        ("ısparta", "isparta"),
        ("Ærø", "aero"),
        ("Łódź", "lodz"),
        ("Việt", "viet"),
        ("đường", "duong"),
        ("Ƙasar", "kasar"),
        ("Ọlọ́run", "olorun"),
        ("ＮＡＴＯ", "nato"),
        ("Οδυσσεύς", "οδυσσευσ"),
        ("Ёлка", "елка"),
        ("за́мок", "замок"),
        ("Йосип", "йосип"),
        ("и\u0306", "й"),
        ("Київ", "київ"),
        ("أحمد", "احمد"),
        ("آسيا", "اسيا"),
        ("مدرسة", "مدرسه"),
        ("على", "علي"),
        ("مُحَمَّد", "محمد"),
        ("محـــمد", "محمد"),
        ("یک", "يك"),
        ("שָׁלוֹם", "שלומ"),
        ("हिन्दी", "हिन्दी"),
        ("क़ानून", "कानून"),
        ("हँसी", "हंसी"),
        ("ﾄﾗﾝﾌﾟ", "トランプ"),
        ("が", "が"),
        ("か", "か"),
        ("2025", "2025"),
        ("٢٠٢٥", "2025"),
        ("२०२५", "2025"),
        ("臺灣", "台湾"),
        ("國際", "国际"),
        ("髮", "发"),
        ("發", "发"),
        ("ሐይማኖት", "ሀይማኖት"),
        ("ሃይማኖት", "ሀይማኖት"),
        ("ኃይለ", "ሀይለ"),
        ("ሠላም", "ሰላም"),
        ("ዓለም", "አለም"),
        ("ፀሐይ", "ጸሀይ"),
        ("ሑኁሢዒፂ", "ሁሁሲኢጺ"),
        ("ጠቅላይ", "ጠቅላይ"),
        ("അവൻ", "അവന്"),
        ("അവന്\u200d", "അവന്"),
        ("എൻ്റെ", "എന്റെ"),
        ("മൌലികം", "മൗലികം"),
        ("উৎসব", "উত্সব"),
        ("উত্\u200dসব", "উত্সব"),
        ("ॲप", "अॅप"),
        ("so\u00adft\u200b\u200e", "soft"),
        ("☂️", ""),
    ],
)
def test_a_word_has_one_spelling(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("text", "atoms"),
    [
        ("The F-35, F35 and F 35", ["the", "f", "35", "f", "35", "and", "f", "35"]),
        ("S-400s over 5G", ["s", "400", "s", "over", "5", "g"]),
        ("COVID-19", ["covid", "19"]),
        ("C++ and C# and C++20", ["c", "++", "and", "c", "#", "and", "c", "++", "20"]),
        ("Disney+ launches", ["disney", "+", "launches"]),
        ("#MeToo @user 1+1 a+b", ["metoo", "user", "1", "1", "a", "b"]),
        ("AT&T", ["at", "t"]),
        ("U.S. and U.S.A. in the U.S.-led", ["us", "and", "usa", "in", "the", "us", "led"]),
        ("U.N and J. R. Smith, J.R. Smith, z. B.", ["un", "and", "jr", "smith", "jr", "smith", "zb"]),
        ("А. С. Пушкин", ["ас", "пушкин"]),
        ("J. Smith, plan B. A new one", ["j", "smith", "plan", "b", "a", "new", "one"]),
        ("1,500 1.500 1’500 1\u202f500 2,000,000", ["1500", "1500", "1500", "1500", "2000000"]),
        ("3,5 % 3.5 ٣٫٥", ["3.5", "3.5", "3.5"]),
        ("2 500 people, 2\u00a0500, 2\u2009500, 2'500", ["2500", "people", "2500", "2500", "2500"]),
        ("12 345 678,90 or 1 000.5", ["12345678.90", "or", "1000.5"]),
        ("2 500-3 000", ["2500", "3000"]),
        ("1,234.56 1.234,56 1,234,567", ["1234.56", "1234.56", "1234567"]),
        ("₹1,00,000 and १२,३४,५६७", ["100000", "and", "1234567"]),
        ("0.125 and 0 500", ["0.125", "and", "0", "500"]),
        ("in 2024 300 people", ["in", "2024", "300", "people"]),
        ("2024\u00a0300", ["2024", "300"]),
        ("12 30 500, 5 1000", ["12", "30", "500", "5", "1000"]),
        ("+254 700 123 456", ["254", "700", "123", "456"]),
        ("7 495 123 45 67", ["7", "495", "123", "45", "67"]),
        ("47 767-300s, A320 200", ["47", "767", "300", "s", "a", "320", "200"]),
        ("1\n500", ["1", "500"]),
        ("16.05.2025, 10:30", ["16", "05", "2025", "10", "30"]),
        ("m² ½ CO₂ Ⅷ", ["m", "2", "12", "co", "2", "viii"]),
        ("l’Europe d'abord", ["l", "europe", "d", "abord"]),
        ("Türkiye'nin", ["turkiye", "nin"]),
        ("п'ять м’яч", ["пять", "мяч"]),
        ('צה"ל צה״ל', ["צהל", "צהל"]),
        ("می\u200cخواهم", ["مي", "خواهم"]),
        ("क\u094d\u200cष", ["क्ष"]),
        ("إف-35", ["اف", "35"]),
        ("ጠቅላይ፡ሚኒስትር", ["ጠቅላይ", "ሚኒስትር"]),
        ("한국의 대통령", ["한국의", "대통령"]),
        ("Nguyễn Phú Trọng", ["nguyen", "phu", "trong"]),
        ("土耳其F-35项目", ["土", "耳", "其", "f", "35", "项", "目"]),
        ("二〇二五年", ["二", "〇", "二", "五", "年"]),
        ("トランプ", ["ト", "ラ", "ン", "プ"]),
        ("ｶﾞｽ", ["ガ", "ス"]),
        ("น้ำ", ["น้", "ํา"]),
        ("https://www.example.org/a-b?c=1", ["https", "www", "example", "org", "a", "b", "c", "1"]),
        ("a.b@example.org", ["a", "b", "example", "org"]),
        ("", []),
        ("… — ! \u200f \u0301", []),
    ],
)
def test_text_is_cut_into_atoms(text: str, atoms: list[str]) -> None:
    assert _words(text) == atoms


def test_an_atom_knows_where_it_stood_what_it_is_and_what_joins_it() -> None:
    assert find_atoms("Die F-35 in 東京と") == [
        Atom("die", 0, 3, "word", None),
        Atom("f", 4, 5, "word", None),
        Atom("35", 6, 8, "number", ""),
        Atom("in", 9, 11, "word", None),
        Atom("东", 12, 13, "ideograph", None),
        Atom("京", 13, 14, "ideograph", ""),
        Atom("と", 14, 15, "character", ""),
    ]


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("Die Stadt Göteborg", {"goteborg": ("goeteborg",)}),
        ("in Go\u0308teborg", {"goteborg": ("goeteborg",)}),
        (
            "København, Århus und MÜNCHEN",
            {"kobenhavn": ("koebenhavn",), "arhus": ("aarhus",), "munchen": ("muenchen",)},
        ),
        ("das Öl", {"ol": ("oel",)}),
        ("für Görüşmeler Élysée Straße blue", {}),
        ("the U.N. and the WHO", {"un": ("UN",), "who": ("WHO",)}),
        ("lui e gli Usa", {"usa": ("USA",)}),
        ("Who. It is. Un accord", {}),
        ("NATO in the UNESCO", {}),
        ("WHO WANTS TRUMP NOW", {}),
        ("WHO WANTS TRUMP NOW\nThe UN does", {"un": ("UN",)}),
        ("they said so\nWHO WANTS TRUMP NOW\nand so on", {}),
        ("UN", {"un": ("UN",)}),
        ("美国退出WHO", {"who": ("WHO",)}),
        ("Глава ООН", {"оон": ("ООН",)}),
    ],
)
def test_some_words_have_other_spellings(text: str, others: dict[str, tuple[str, ...]]) -> None:
    assert {atom.text: atom.others for atom in find_atoms(text) if atom.others} == others


@pytest.mark.parametrize("pattern", ["1 500 ", "J. R. ", "U.N. ", "AB ", "Usa ", "1,23,"])
def test_text_is_split_in_time_proportional_to_its_length(pattern: str, growth: Growth) -> None:
    text = pattern * 20_000
    assert growth(lambda length: find_atoms(text[:length]), len(text) // 4) < 8


@pytest.mark.parametrize(
    ("text", "joint"),
    [("a&b", "&"), ("a-b", ""), ("a\u2011b", ""), ("a3", ""), ("a b", None), ("a - b", None), ("a/b", None)],
)
def test_atoms_are_joined_by_nothing_a_hyphen_or_an_ampersand(text: str, joint: str | None) -> None:
    assert find_atoms(text)[1].joint == joint


def test_direction_marks_change_nothing() -> None:
    plain = find_atoms("إف-35 و צהל")
    marked = find_atoms("\u202bإف\u200f-35\u202c \u2067و\u2069 צה\u200eל")
    assert [(atom.text, atom.joint) for atom in marked] == [(atom.text, atom.joint) for atom in plain]


_ANY = st.text(st.characters(exclude_categories=()), max_size=60) | st.text(
    "aé İßЙё'’\"״אבםاةگ\u200c\u200f\u0301\u093cहिी東京臺とﾄﾞไทย한국०१2.,-+#&Ⅷ½", max_size=40
)


@given(_ANY)
def test_whatever_comes_atoms_are_in_order_and_inside(text: str) -> None:
    last = 0
    for atom in find_atoms(text):
        assert last <= atom.start < atom.end <= len(text)
        assert atom.text
        last = atom.end


@given(_ANY, st.sampled_from(["", "en", "sr"]))
def test_the_columns_of_a_text_are_those_of_its_atoms(text: str, language: str) -> None:
    atoms, columns = find_atoms(text, language), split_atoms(text, language)
    assert columns == AtomColumns(*([atom[field] for atom in atoms] for field in (0, 3, 4, 5)))
    assert [(atom.start, atom.end) for atom in columns.atoms()] == [(0, 0)] * len(atoms)
    twice = join_columns([columns, columns])
    assert (twice.texts, twice.kinds) == (columns.texts * 2, columns.kinds * 2)
    assert (twice.joints, twice.others) == (columns.joints * 2, columns.others * 2)


@given(_ANY)
def test_folding_an_atom_again_changes_nothing(text: str) -> None:
    for atom in find_atoms(text):
        if atom.kind != "sign":
            assert fold(atom.text.replace(".", "")) == atom.text.replace(".", "")


@given(_ANY)
def test_case_and_width_do_not_matter(text: str) -> None:
    simple = "".join(letter for letter in text if letter.isascii())
    wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in simple)
    assert _words(wide) == _words(simple.upper()) == _words(simple)


@given(st.text("aZéßŁжЙё", max_size=300) | st.text("שבאك", max_size=9) | st.text("कखஅ한가", max_size=9))
def test_a_text_of_one_word_has_the_atom_that_the_word_has_beside_others(word: str) -> None:
    for language in ("", "sr"):
        assert find_atoms(word, language) == find_atoms(f"{word} .", language)
