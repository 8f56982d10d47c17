"""Names are found in other scripts and spellings by how they sound; other words are not."""

import time
import unicodedata
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import IndexCorruptError
from indexer.keywords import sound_index
from indexer.keywords.name_runs import find_runs, is_run, names_of
from indexer.keywords.romanise import romanise
from indexer.keywords.sound_distance import COSTS, GAPS, similarities
from indexer.keywords.sound_entries import SoundEntries, create_sounds
from indexer.keywords.sound_forms import LETTERS, Form, pack, pack_all
from indexer.keywords.sound_index import SoundIndex, open_sounds
from indexer.keywords.sounds import forms, neighbours, plain, related, similarity, skeleton, skeletons, strength
from indexer.text.atoms import find_atoms

NAMES = {
    "Erdoğan": "Эрдоган ايردوغان エルドアン 에르도안 เออร์โดอัน Ερντογάν एर्दोगन ארדואן 埃尔多安 Эрдогана",
    "Zelenskyy": "Зеленский Зеленського Selenskyj Ζελένσκι זלנסקי 泽连斯基 ゼレンスキー 젤렌스키 เซเลนสกี زيلينسكي",
    "Korvas": "Корвас Κόρβας コルヴァス 코르바스 कोर्वास",
    "Ilena": "Илена Ιλένα イレナ 일레나 इलेना אילנה إيلينا",
    "Netanyahu": "Нетаньяху نتنياهو נתניהו ネタニヤフ 内塔尼亚胡 네타냐후 Νετανιάχου नेतन्याहू Netanjahu",
    "Jinping": "近平 جينبينغ ジンピン 진핑",
    "Tshisekedi": "Чисекеди تشيسيكيدي チセケディ 齐塞克迪 Chisekedi",
    "Guterres": "Гутерриш غوتيريش グテーレス 古特雷斯 Γκουτέρες गुटेरेस",
    "Trump": "Трамп ترامب טראמפ トランプ 트럼프 ทรัมป์ 特朗普 ट्रंप Τραμπ Trumpa ትራምፕ",
    "Johnson": "Джонсон جونسون ג'ונסון ジョンソン 존슨 จอห์นสัน Τζόνσον জনসন",
    "Kavanaugh": "Кавано كافانو カバノー 캐버노 คาวานอห์ 卡瓦诺 कवानाघ Κάβανο",
    "Kharkiv": "Харків Харьков Χάρκοβο Járkov Kharkov",
    "Yanukovych": "Янукович Janukowytsch Janukowicz Γιανουκόβιτς",
    "Milošević": "Милошевић Милошевич Milosevic Μιλόσεβιτς",
    "Jakarta": "Джакарта Cakarta Dżakarta Yakarta Τζακάρτα ジャカルタ 자카르타 जकार्ता",
    "Singapore": "Сингапур Singapur سنغافورة 新加坡 シンガポール 싱가포르 Σιγκαπούρη सिंगापुर",
}
"""A name, and how it is written elsewhere."""
UNLIKE = [
    ("Trump", "Merkel"), ("Trump", "травма"), ("Erdoğan", "Ирландия"), ("Guterres", "Guardiola"), ("Xi", "Sisi"),
    ("Obama", "Омск"), ("Johnson", "Джордан"), ("Macron", "Меркель"), ("Korvas", "карман"), ("Zelenskyy", "Словения"),
    ("泽连斯基", "特朗普"), ("ترامب", "ترتيب"), ("Netanyahu", "natuurlijk"), ("エルドアン", "ロンドン"),
    ("Paris", "Berlin"),
]  # fmt: skip
PAIRS = [(name, form) for name, row in NAMES.items() for form in row.split()]
WORDS = sorted({word for name, row in NAMES.items() for word in (name, *row.split())} | {b for _, b in UNLIKE})


@pytest.mark.parametrize(
    ("word", "romanised"),
    [
        ("Μπάμπης", "bampis"),
        ("Ντόναλντ", "donald"),
        ("Γκρέτα", "greta"),
        ("ويدودو", "widudu"),
        ("ジョンソン", "jonson"),
        ("ヴァージニア", "vajinia"),
        ("ゼレンスキー", "zerenski"),
        ("เซเลนสกี", "selenski"),
        ("特朗普", "tlanp"),
        ("कवानाघ", "kavanagh"),
        ("에르도안", "eldoan"),
        ("Харьков", "kharkov"),
        ("Łódź", "lodz"),
        ("2025", ""),
        ("", ""),
    ],
)
def test_a_word_is_written_in_latin_letters(word: str, romanised: str) -> None:
    assert romanise(word) == romanised


@pytest.mark.parametrize(
    ("spellings", "spoken"),
    [
        (("Tschaikowski", "Czaikowski"), "caikowski"),
        (("Schumacher", "Shumacher"), "xumacer"),
        (("Mouloud", "Mulud", "Mooluud"), "mulud"),
        (("Selenskyj", "Selenskiy"), "selenski"),
        (("Giuseppe",), "qiusepe"),
        (("Xi", "Shi"), "xi"),
        (("Alexei", "Aleksei"), "aleksei"),
    ],
)
def test_spellings_of_one_sound_are_made_equal(spellings: tuple[str, ...], spoken: str) -> None:
    assert {plain(romanise(each)) for each in spellings} == {spoken}


def test_a_skeleton_holds_the_classes_of_the_consonants() -> None:
    assert skeleton("erdogan") == "VLTKN"
    assert skeleton("hannah") == "VN", "neighbours of one class are one, h and vowels none"
    assert skeleton("schmitt") == "SNT"
    assert skeleton("karlsruhe") == "KLSL", "so are r and l"
    assert skeletons(plain("charkow")) == ("SLKP", "KLK"), "ch may be k, and w a vowel"
    assert skeleton("") == ""


def test_neighbours_are_one_edit_away_and_keep_the_first_class() -> None:
    found = neighbours("TLNP")
    assert {"TLN", "TLP", "TNP", "TLNK", "TLNPS", "TSLNP"} <= set(found)
    assert all(each[0] == "T" and each != "TLNP" for each in found)
    assert len(found) == len(set(found))
    assert neighbours("PL") == []
    assert related("TLNP", "TLN")
    assert not related("PL", "PLT")
    assert not related("TLNP", "TLNPSKLT")


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_a_name_is_alike_in_every_script(name: str, form: str) -> None:
    assert similarity(name, form) > 0.1
    assert similarity(form, name) > 0.1


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_other_words_are_not_alike(one: str, other: str) -> None:
    assert similarity(one, other) == 0
    assert similarity(other, one) == 0


def test_only_the_same_spelling_is_exact() -> None:
    assert (
        similarity("Erdoğan", "Эрдоган") == similarity("Netanyahu", "네타냐후") == similarity("Korvas", "КОРВАС") == 1
    )
    assert 0.8 < similarity("Trump", "Трамп") < 1
    assert similarity("Trump", "Trumpa") == pytest.approx(similarity("Trumpa", "Trump"))


def test_similarities_are_in_the_order_of_the_spellings() -> None:
    found = [similarity("Guterres", each) for each in ("Гутеррес", "Гутерриш", "Готрис", "Гастарбайтер")]
    assert found == sorted(found, reverse=True)
    assert found[0] == 1
    assert found[-1] == 0


def test_a_preposition_of_semitic_scripts_may_be_left_out() -> None:
    assert similarity("Trump", "לטראמפ") == pytest.approx(0.9 * similarity("Trump", "טראמפ"))
    assert similarity("Trump", "وترامب") > 0.5 * similarity("Trump", "ترامب") > 0


def test_japanese_and_chinese_do_not_tell_l_from_r() -> None:
    assert (
        similarity("Merkel", "メルケル")
        == similarity("メルケル", "Merkel")
        == similarity("Zelenski", "ゼレンスキ")
        == 1
    )
    assert similarity("Lira", "リラ") == similarity("Rila", "リラ") == 1
    assert similarity("Lira", "Рила") < 1


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Aurélia", "オーレリア"),
        ("Аурелия", "オーレリア"),
        ("Aurelia", "奥里利亚"),
        ("Erdoğan", "埃尔多安"),
        ("Gündoğan", "京多安"),
    ],
)
def test_a_beginning_or_a_syllable_with_two_readings_is_heard_in_both(name: str, form: str) -> None:
    assert similarity(name, form) >= 0.9
    assert similarity(form, name) >= 0.9


@pytest.mark.parametrize("name", ["オーストラリアンオープン", "奥巴马米歇尔罗宾逊", "埃尔多安雷杰普塔伊普"])
def test_a_second_reading_is_no_longer_than_the_first(name: str) -> None:
    assert [len(form.letters) for form in forms(name)] == [LETTERS, LETTERS]
    SoundEntries([name])


def test_short_words_say_little() -> None:
    assert strength("Xi") < strength("Palu") < strength("Biden") < strength("Zelenskyy") == 1
    assert strength("123") == 0


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("总统泽连斯基说", [("泽连斯基", 2)]),
        ("總統澤連斯基說", [("泽连斯基", 2)]),
        ("埃尔多安 met 普京", [("埃尔多安", 0), ("普京", 5)]),
        ("的是不了", []),
        ("エルドアン大統領とゼレンスキーが会った", [("エルドアン", 0), ("ゼレンスキー", 9)]),
        ("エマニュエル・マクロン ア イー", [("エマニュエル", 0), ("マクロン", 6), ("イー", 11)]),
        ("ประธานาธิบดีเซเลนสกีกล่าวว่า", []),
        ("Илена Корвас 2025", []),
        ("", []),
    ],
)
def test_what_may_be_a_name_in_a_script_without_spaces(text: str, runs: list[tuple[str, int]]) -> None:
    assert list(find_runs(find_atoms(text))) == runs
    assert all(is_run(run) for run, _ in runs)


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("特朗普", ["特朗普"]),
        ("特朗普总统", ["特朗普"]),
        ("习近平", ["习近平"]),
        ("エルドアン", ["エルドアン"]),
        ("เซเลนสกี", ["เซเลนสกี"]),
        ("ก" * 21, []),
        ("Корвас", ["корвас"]),
        ("F-35", []),
        ("x", []),
    ],
)
def test_what_may_be_a_name_in_a_word_of_a_query(word: str, names: list[str]) -> None:
    assert names_of(find_atoms(word)) == names


@pytest.mark.parametrize("run", ["斯" * 100_000, "ア" * 100_000])
def test_a_run_is_short_however_long_the_text(run: str) -> None:
    assert {len(each) for each, _ in find_runs(find_atoms(run))} == {20}


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    weight = similarity(one, other)
    assert 0 <= weight <= 1
    assert weight == similarity(one, other)
    assert romanise(one) == "" or (romanise(one).isascii() and romanise(one).isalpha())
    if plain(romanise(one)):
        assert similarity(one, one) > 0.85
    assert all(is_run(run) for run, _ in find_runs(find_atoms(one)))


@settings(max_examples=300, deadline=None)
@given(
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=14), st.text("abcdefghijklmnoprstuvwxyz", max_size=14)
)
def test_similarity_is_symmetric_in_scripts_that_write_vowels(one: str, other: str) -> None:
    assert similarity(one, other) == pytest.approx(similarity(other, one))


def test_every_letter_of_unicode_has_a_sound_or_none() -> None:
    letters = [chr(point) for point in range(0x3000) if unicodedata.category(chr(point))[0] in "LMN"]
    for letter in letters:
        assert not set(romanise(letter)) - set("abcdefghijklmnopqrstuvwxyz")
        assert len(plain(romanise(letter))) <= LETTERS


@pytest.mark.parametrize("letter", ["a", "ц", "क", "特", "ア", "א", "ch", "y"])
def test_the_time_does_not_grow_with_a_long_word(letter: str) -> None:
    """Only the beginning of a word is looked at."""
    times = []
    for _ in range(5):
        began = time.process_time()
        similarity(letter * 1_000_000, "Erdoğan")
        times.append(time.process_time() - began)
    assert min(times) < 0.01


def test_costs_of_gaps_fit_into_a_byte() -> None:
    """Two spellings of the longest kind are added up in bytes, with the cost of a pair that never matches."""
    assert 2 * LETTERS * int(GAPS.max()) + 100 < 256


def letter_by_letter(query: Form, other: Form) -> float:
    """Return how alike two forms sound, from a table of the distances of all their beginnings."""
    mine, theirs = ([ord(letter) - 96 for letter in form.letters] for form in (query, other))
    vowels = {code for code, cost in enumerate(GAPS.tolist()) if cost == 2}

    def gap(code: int, form: Form) -> int:
        return int(GAPS[code]) - (code in vowels and query.abjad != other.abjad and not form.abjad)

    distances = [[sum(gap(code, other) for code in theirs[:end]) for end in range(len(theirs) + 1)]]
    for code in mine:
        row = [distances[-1][0] + gap(code, query)]
        for place, one in enumerate(theirs):
            replaced = distances[-1][place] + int(COSTS[code, one])
            row.append(min(distances[-1][place + 1] + gap(code, query), replaced, row[-1] + gap(one, other)))
        distances.append(row)
    rests = [int(GAPS[theirs[place:]].sum()) >> (not other.fixed) for place in range(len(theirs) + 1)]
    cut_theirs = min(cost + rest for cost, rest in zip(distances[-1], rests, strict=True))
    cut_mine = min(row[-1] + int(GAPS[mine[end:]].sum()) // 2 for end, row in enumerate(distances) if end)
    distance, own, whole = min(cut_theirs, cut_mine), int(GAPS[mine].sum()), int(GAPS[theirs].sum())
    weight = 0.9 * min(max((1 - distance / max(own, whole) - 0.7) / (0.95 - 0.7), 0), 1)
    if distance == 0 and own == whole and not (query.abjad or other.abjad):
        weight = 1.0
    return weight * (0.9 if other.stripped else 1)


FORMS = st.builds(Form, st.text("abcdehijklmnrstvyz{", min_size=1, max_size=LETTERS), *[st.booleans()] * 3)


@given(st.lists(st.tuples(FORMS, st.lists(FORMS, max_size=4)), min_size=1, max_size=7))
def test_forms_that_are_compared_together_are_as_alike_as_letter_by_letter(
    pairs: list[tuple[Form, list[Form]]],
) -> None:
    queries = [query for query, _ in pairs]
    others = [[*others, query._replace(letters=query.letters[:-1] + "i")] for query, others in pairs]
    packed = pack_all([form for some in others for form in some])
    wanted = [letter_by_letter(query, form) for query, some in zip(queries, others, strict=True) for form in some]
    assert similarities(queries, packed, [len(some) for some in others]).tolist() == pytest.approx(wanted, abs=1e-12)


def test_no_forms_are_alike_to_nothing() -> None:
    assert similarities([], pack_all([Form("a")])[:0], []).tolist() == []


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SoundIndex:
    path = tmp_path_factory.mktemp("sounds") / "sounds"
    create_sounds(path, WORDS)
    return open_sounds(path)


@pytest.mark.parametrize("word", [*WORDS, "Zelenska", "Tramp", "שלום"])
def test_the_index_finds_what_a_comparison_with_every_word_finds(index: SoundIndex, word: str) -> None:
    weights = {number: similarity(word, other) for number, other in enumerate(WORDS)}
    wanted = sorted(((n, w) for n, w in weights.items() if w > 0), key=lambda pair: (-pair[1], pair[0]))
    assert index.near(word, len(WORDS)) == [(number, pytest.approx(weight)) for number, weight in wanted]


def test_the_most_similar_words_come_first_and_no_more_than_asked_for(index: SoundIndex) -> None:
    found = index.near("Zelenskyy", 3)
    assert found == index.near("Zelenskyy", 100)[:3]
    assert [WORDS[number] for number, weight in index.near("Ilena", 6) if weight == 1] == [
        each for each in WORDS if each in {"Ilena", "Илена", "Ιλένα", "इलेना", "일레나", "イレナ"}
    ]


def test_words_that_are_looked_up_together_are_found_as_each_alone(index: SoundIndex) -> None:
    words = ["オーストラリア", "2025", *WORDS[::3], "", "Tramp", "שלום"]
    for limit, least, own in ((3, 0.0, False), (60, 0.5, True)):
        found = index.near_all(words, limit, least=least, of_its_skeletons=own)
        alone = [index.near(word, limit, of_its_skeletons=own) for word in words]
        wanted = [(i, *pair) for i, pairs in enumerate(alone) for pair in pairs if pair[1] >= least]
        assert list(zip(found.of, found.numbers, found.weights, strict=True)) == wanted
        assert len(wanted) > len(words)


def test_words_without_a_sound_are_not_found(index: SoundIndex) -> None:
    assert index.near("", 5) == index.near("2025", 5) == index.near("++", 5) == []


def test_an_empty_vocabulary_has_an_index(tmp_path: Path) -> None:
    create_sounds(tmp_path / "sounds", ["1", "2025"])
    assert open_sounds(tmp_path / "sounds").near("Trump", 5) == []


def test_a_look_up_compares_few_words_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest in the alphabet are compared where too many words have one skeleton."""
    syllables = ["".join(pair) for pair in product("trlnd", "aeiou")]
    words = sorted("".join(each) for each in product(syllables, repeat=3))
    arrays = _arrays(words)
    compared: list[int] = []
    compare = sound_index.similarities
    monkeypatch.setattr(sound_index, "MOST", 500)
    monkeypatch.setattr(
        sound_index,
        "similarities",
        lambda queries, packed, sizes: compared.append(packed.size) or compare(queries, packed, sizes),
    )
    for word in ("talita", "narodi", "lulilu", "dorati"):
        number, weight = SoundIndex(arrays).near(word, 1)[0]
        assert (words[number], weight) == (word, 1)
    assert max(compared) <= 500
    assert min(compared) > 100


def _arrays(words: list[str]) -> dict[str, np.ndarray]:
    entries = SoundEntries(words)
    arrays = {name: np.empty(length, dtype) for name, (dtype, length) in entries.layout().items()}
    entries.write(arrays)
    return arrays


def test_entries_of_a_skeleton_are_sorted_by_their_letters() -> None:
    arrays = _arrays([f"{first}a{last}o" for first in "tsd" for last in "lr"][::-1])
    bounds = arrays["sound_first"].tolist()
    runs = [arrays["sound_letters"][start:end].tolist() for start, end in pairwise(bounds)]
    assert sorted(map(len, runs)) == [2, 4]
    assert all(run == sorted(run) for run in runs)


@given(st.lists(st.text("abceghijqwxyzשا奥ー多安лжи'1", max_size=14) | st.sampled_from(WORDS), max_size=12))
def test_words_are_heard_together_as_each_alone(words: list[str]) -> None:
    arrays = _arrays(words)
    sizes = np.diff(arrays["sound_first"])
    found = zip(
        np.repeat(arrays["sound_skeletons"], sizes), arrays["sound_letters"], arrays["sound_words"], strict=True
    )
    assert list(found) == sorted(
        {
            (sound_index._pack_skeleton(classes), pack(form), number)
            for number, word in enumerate(words)
            for form in forms(word)
            for classes in skeletons(form.letters)
        }
    )


def test_few_bytes_are_kept_of_a_word() -> None:
    words = ["".join(pair) for pair in product("bdfglmnrst", "aeiou", "bdfglmnrst", "aeiou", "lmnrst")]
    size = sum(np.dtype(dtype).itemsize * length for dtype, length in SoundEntries(words).layout().values())
    assert 12 * len(words) < size < 14 * len(words)


def test_a_damaged_file_is_told_from_an_index(tmp_path: Path) -> None:
    path = tmp_path / "sounds"
    create_sounds(path, WORDS)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexCorruptError, match="bytes, wanted"):
        open_sounds(path)


def test_the_same_words_give_the_same_bytes(tmp_path: Path) -> None:
    create_sounds(tmp_path / "one", WORDS)
    create_sounds(tmp_path / "other", iter(WORDS))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
