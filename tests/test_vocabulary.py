"""The vocabulary: every word of the passages, what resembles a word, and the same bytes however they were collected."""

import random
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from indexer.errors import IndexCorruptError, IndexFormatError
from indexer.generations import store
from indexer.generations.generation import content_digest
from indexer.generations.report import BuildReport
from indexer.keywords import terms
from indexer.keywords import vocabulary as module
from indexer.keywords.index import KeywordIndex
from indexer.keywords.name_runs import find_runs
from indexer.keywords.pair import KeywordPaths, KeywordWriter
from indexer.keywords.vocabulary import Vocabulary, frequencies_of, sketches_of, typos_allowed
from indexer.keywords.vocabulary_writer import VocabularyWriter
from indexer.keywords.word_rows import WordRows
from indexer.text.atoms import find_atoms, split_atoms

REPOSITORY = Path(__file__).resolve().parent.parent
Written = Callable[..., Vocabulary]
TEXT = st.text("abcdeé 12-.&+ жіあ東ไ韓국ا\u094dक²ⅷ㊀", max_size=40)


class Opened(NamedTuple):
    passages: KeywordIndex
    articles: KeywordIndex
    vocabulary: Vocabulary


def paths(folder: Path) -> KeywordPaths:
    return KeywordPaths(folder / "passages", folder / "articles", folder / "words", folder / "sounds")


def write(folder: Path, texts: Iterable[str]) -> Opened:
    """Write an article of one passage and no title for each text, and open what was written."""
    folder.mkdir(exist_ok=True)
    writer = KeywordWriter(paths(folder), 2**22)
    for text in texts:
        writer.add("", [split_atoms(text)], "und", ["und"])
    writer.close()
    return opened(folder)


def opened(folder: Path) -> Opened:
    return Opened(
        KeywordIndex(folder / "passages"),
        KeywordIndex(folder / "articles"),
        Vocabulary(folder / "words"),
    )


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Return a function that writes passages and opens their vocabulary."""
    return lambda *texts: write(tmp_path, texts).vocabulary


@pytest.fixture(scope="module")
def news() -> list[str]:
    """The paragraphs of the seeds, in 19 languages."""
    files = sorted((REPOSITORY / "seeds" / "sample-news").glob("*.jsonl"))
    articles = [orjson.loads(line) for file in files for line in file.read_bytes().splitlines()]
    return [text for article in articles for text in [article["title"], *article["text"].split("\n\n")]]


@pytest.fixture(scope="module")
def seeds(news: list[str], tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return write(tmp_path_factory.mktemp("seeds") / "index", news)


def words_of(texts: Iterable[str]) -> set[str]:
    return {atom.text for text in texts for atom in find_atoms(text) if atom.kind in {"word", "number"}}


def terms_of(text: str) -> set[str]:
    atoms = find_atoms(text)
    runs = {terms.RUN + run for run, _ in find_runs(atoms)}
    return {found.term for found in terms.occurrences(atoms)}.union(runs, *(atom.others for atom in atoms))


def test_words_that_are_looked_up_together_are_in_the_same_passages_as_each_alone(seeds: Opened) -> None:
    words = [*list(seeds.vocabulary)[::9], "U.S.", "WHO", "Göteborg", "F-35", "c++", "東京", "unheardofword", "", "-"]
    found = WordRows(words, seeds.passages)
    alone = {word: seeds.passages.rows_holding(find_atoms(word)).tolist() for word in words}
    assert {word: found[word].tolist() for word in words} == alone
    assert sum(map(bool, alone.values())) > len(words) - 10
    assert found["unheardofword"].dtype == np.int64


def test_every_word_of_every_script_is_held_and_knows_its_passages(news: list[str], seeds: Opened) -> None:
    wanted, held = words_of(news), list(seeds.vocabulary)
    assert len(wanted) > 4000
    assert wanted <= set(held)
    assert held == sorted(set(held), key=lambda word: (len(word), len(word.encode()), word))
    assert len(seeds.vocabulary) == len(held)
    assert [seeds.vocabulary.find(word) for word in held] == list(range(len(held)))
    assert seeds.vocabulary.words(np.empty(0, np.int64)) == []
    assert seeds.vocabulary.words(np.array([0, 7, len(held) - 1])) == [held[0], held[7], held[-1]]
    latin = seeds.vocabulary.begin_with_a_to_z(np.arange(len(held))).tolist()
    assert latin == ["a" <= word[0] <= "z" for word in held]
    assert 0 < sum(latin) < len(held)
    passages = Counter(term for text in news for term in terms_of(text))
    assert seeds.vocabulary.frequencies.tolist() == [passages[terms.term_of(word)] for word in held]


def test_a_pair_that_reads_as_one_word_is_a_word_as_it_is_in_a_search(written: Written) -> None:
    texts = "e-mail from AT&T, C++ and F-35 on 12-34", "email 3,5 議員 ไทย 한국"
    held = "1234 12 34 3.5 35 e mail email from at t c and f on 한국"
    vocabulary = written(*texts)
    assert set(vocabulary) == set(held.split())
    assert vocabulary.frequencies[vocabulary.find("email")] == 2


def test_names_in_scripts_without_spaces_are_words(written: Written) -> None:
    vocabulary = written("总统埃尔多安说", "埃尔多安和普京", "普京大帝 エルドアン大統領", "ไทย")
    assert {word: int(vocabulary.frequencies[place]) for place, word in enumerate(vocabulary)} == {
        "埃尔多安": 2,
        "普京": 1,
        "普京大帝": 1,
        "エルドアン": 1,
    }


@pytest.mark.parametrize("word", ["quagga", "", "zzz", "x" * 60_000, "\ud800", "\ud800" * 9, "東京", "e\nmail"])
def test_what_no_passage_holds_is_not_found(word: str, seeds: Opened) -> None:
    assert seeds.vocabulary.find(word) is None
    assert seeds.vocabulary.near(word) == []


def by_brute_force(word: str, words: Sequence[str]) -> set[tuple[str, int]]:
    most = 0 if len(word) < 4 else 1 if len(word) < 9 else 2
    return {(other, OSA.distance(word, other)) for other in words if 0 < OSA.distance(word, other) <= most}


def misspelt(word: str, typos: int, chance: random.Random) -> str:
    """Return a word with letters dropped, doubled, swapped and exchanged, at any place."""
    for _ in range(typos):
        place, letter = chance.randrange(len(word)), chance.choice(word)
        tail = word[place + 1 :]
        word = word[:place] + chance.choice(
            [tail, word[place] + letter + tail, letter + tail, tail[:1] + word[place] + tail[1:]]
        )
    return word


def test_what_is_near_a_misspelt_word_is_what_brute_force_finds(seeds: Opened) -> None:
    words, chance = list(seeds.vocabulary), random.Random(1)
    letters = [word for word in words if typos_allowed(word)]
    asked = [misspelt(word, chance.randint(0, 2), chance) for word in chance.sample(letters, 400)]
    right = 0
    for word in asked:
        found = seeds.vocabulary.near(word, limit=10**6)
        assert len(found) == len(set(found))
        assert set(found) == by_brute_force(word, words), word
        right += bool(found)
    assert right > 200


@given(st.lists(st.text("abcdefg", min_size=1, max_size=12), min_size=1, max_size=40))
@example(["abcdefgab", "badcfegab", "abcdefgabab", "cdefgab", "abcdefg"])
def test_what_is_near_any_word_is_what_brute_force_finds(
    tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    vocabulary = write(tmp_path_factory.mktemp("near"), [" ".join(words)]).vocabulary
    for word in words:
        assert set(vocabulary.near(word, limit=100)) == by_brute_force(word, sorted(set(words)))


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("erdogna", ["erdogan"]),
        ("rdogan", ["erdogan"]),
        ("zelensky", ["zelenskyy"]),
        ("zelenskyyyy", ["zelenskyy"]),
        ("zelnskiyyy", []),
        ("зеленьский", ["зеленский"]),
        ("אדרוגנ", ["ארדוגנ"]),
        ("에르도간을", ["에르도안을"]),
        ("cot", []),
        ("coat", ["cat"]),
        ("202", []),
        ("20245", []),
        ("erdogan", []),
    ],
)
def test_a_word_may_have_as_many_typos_as_its_length_allows(word: str, near: list[str], written: Written) -> None:
    vocabulary = written("Erdogan cat cut Zelenskyy 2024 2025 20246", "Зеленский ארדוגן 에르도안을")
    assert [found for found, _ in vocabulary.near(word)] == near


def test_of_many_those_with_the_fewest_typos_come_first_and_then_the_most_frequent(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    vocabulary = written("ministere ministerx ministery ministers ministerxy", "ministers", "ministers ministery")
    wanted = [("ministers", 1), ("ministery", 1), ("ministere", 1), ("ministerx", 1), ("ministerxy", 2)]
    assert vocabulary.near("minister", limit=9) == wanted[:-1]
    assert vocabulary.near("ministerz", limit=9) == wanted
    assert vocabulary.near("ministerz", limit=2) == wanted[:2]
    monkeypatch.setattr(module, "MOST_COMPARED", 2)
    assert vocabulary.near("ministerz", limit=9) == wanted[:2]


@given(st.text("abcab東ж", min_size=1, max_size=80), st.text("abcab東ж", min_size=1, max_size=80))
def test_sketches_never_differ_in_more_bits_than_the_bags_in_letters(one: str, other: str) -> None:
    bags = [sorted(word) for word in (one, other)]
    differing = sum(abs(bags[0].count(letter) - bags[1].count(letter)) for letter in set(one + other))
    bits = int(np.bitwise_count(sketches_of([one])[0] ^ sketches_of([other])[0]))
    assert bits <= differing
    assert bits > 0 or differing == 0 or max(len(one), len(other)) > 2  # words of two letters are told apart


@given(st.lists(TEXT, max_size=8), st.lists(TEXT, max_size=4), st.lists(st.integers(0, 7), unique=True, max_size=8))
@example(["email", "e-mail"], [], [1])
@example(["202425", "2024-25", "viii", "ⅷ"], [], [1, 3])
@example(["㊀", "一", "㊀㊁", "一二"], [], [1, 3])
@example(["Göteborg", "goeteborg", "UN", "un"], ["rain"], [0, 2])
@example(["普京", "总统普京大帝", "ルラ", "ルラー"], ["rain"], [1, 3])
def test_words_carried_over_make_the_same_bytes_as_words_that_are_collected(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], new: list[str], kept: list[int]
) -> None:
    """Which spelling a passage has, e-mail or email, the keyword index does not know of what it carries over."""
    folder = tmp_path_factory.mktemp("carried")
    write(folder / "before", before)
    rows = [row for row in kept if row < len(before)]
    write(folder / "fresh", [*(before[row] for row in rows), *new])
    (folder / "carried").mkdir()
    writer = KeywordWriter(paths(folder / "carried"), 2**22, paths(folder / "before"))
    for row in rows:
        writer.carry(row, row, "und", ["und"])
    for text in new:
        writer.add("", [split_atoms(text)], "und", ["und"])
    writer.close()
    assert (folder / "carried" / "words").read_bytes() == (folder / "fresh" / "words").read_bytes()


@pytest.mark.parametrize("run", [1, 7, 1000])
def test_the_same_words_make_the_same_bytes_however_many_runs_they_take(
    run: int, news: list[str], seeds: Opened, tmp_path: Path
) -> None:
    words = sorted(words_of(news[:120] if run == 1 else news))[:: 40 if run == 1 else 1]
    for name, size, order in (("runs", run, words[::-1] + words), ("whole", 2**20, words)):
        writer = VocabularyWriter(tmp_path / name, run=size)
        for word in order:
            writer.add(word)
        writer.close(seeds.passages)
    assert (tmp_path / "runs").read_bytes() == (tmp_path / "whole").read_bytes()
    assert list(Vocabulary(tmp_path / "runs")) == sorted(words, key=lambda word: (len(word), len(word.encode()), word))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs", "whole"]


def test_memory_is_bounded_by_the_size_of_a_run(seeds: Opened, tmp_path: Path) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    peaks = []
    for run in (2**10, 2**17):
        writer = VocabularyWriter(tmp_path / "words", run=run)
        tracemalloc.start()
        for number in range(30_000):
            writer.add("word" + "".join(letters[number // 26**place % 26] for place in range(4)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    writer.close(seeds.passages)
    assert len(Vocabulary(tmp_path / "words")) == 30_000
    assert peaks[0] < peaks[1] / 4


@pytest.mark.parametrize("texts", [[], ["", "…"], ["🙂🙂 🎉", "🇹🇷❤️‍🔥"], ["議員の知事", "กรุงเทพ"]])
def test_passages_without_words_have_an_empty_vocabulary(texts: list[str], tmp_path: Path) -> None:
    keywords = write(tmp_path, texts)
    assert (len(keywords.vocabulary), list(keywords.vocabulary)) == (0, [])
    assert (keywords.vocabulary.passages, keywords.vocabulary.is_of(keywords.passages)) == (len(texts), True)
    assert (keywords.vocabulary.find("word"), keywords.vocabulary.near("word")) == (None, [])
    assert WordRows(["word"], keywords.passages)["word"].tolist() == []
    assert frequencies_of(["word"], keywords.passages).tolist() == [0]


@pytest.mark.parametrize("language", ["hi", "am", "ar", "el", "ko", "ru"])
def test_a_corpus_of_one_script_has_its_words(language: str, written: Written) -> None:
    text = {
        "hi": "तुर्की को लड़ाकू विमान कार्यक्रम में वापसी की उम्मीद है",
        "am": "ቱርክ ወደ ተዋጊ ጄት ፕሮግራም ለመመለስ ተስፋ ታደርጋለች",
        "ar": "تأمل تركيا في العودة إلى برنامج الطائرات الأمريكية",
        "el": "Η Αθήνα αντιδρά στην επιστροφή της Τουρκίας στο πρόγραμμα",
        "ko": "튀르키예는 전투기 프로그램에 복귀하기를 희망한다",
        "ru": "Вернут ли Турцию в программу, ещё не решено",
    }[language]
    words = [atom.text for atom in find_atoms(text)]
    vocabulary = written(text)
    assert set(vocabulary) == set(words)
    longest = max(words, key=len)
    assert vocabulary.near(longest[1:]) == vocabulary.near(longest[0] + longest) == [(longest, 1)]


def test_a_word_longer_than_any_language_has_is_held_and_found(written: Written) -> None:
    vocabulary = written("x" * 300_000, "rain", "x" * 254)
    (longest,) = find_atoms("x" * 300_000)
    assert [vocabulary.find(word) for word in ("rain", "x" * 254, longest.text)] == [0, 1, 2]
    assert ("x" * 254, 1) in vocabulary.near("y" + "x" * 254)
    assert vocabulary.near("x" * 299_999) == []


def test_what_a_killed_build_left_is_no_hindrance(tmp_path: Path) -> None:
    writer = VocabularyWriter(tmp_path / "words", run=1)
    writer.add("left")
    assert list(write(tmp_path, ["rain"]).vocabulary) == ["rain"]


def test_a_damaged_vocabulary_is_refused(written: Written, tmp_path: Path) -> None:
    written("rain in Spain")
    path = tmp_path / "words"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(IndexCorruptError, match=rf"words has {len(whole) - 1} bytes, wanted {len(whole)}"):
        Vocabulary(path)
    path.write_bytes(whole.replace(b'"frequencies"', b'"frequenciez"'))
    with pytest.raises(IndexCorruptError, match="words is damaged: it lacks 'frequencies'"):
        Vocabulary(path)
    path.write_bytes(whole.replace(b'"frequencies":["<u2",3]', b'"frequencies":["<u2",2]'))
    with pytest.raises(IndexCorruptError, match="words is damaged: its words do not add up"):
        Vocabulary(path)
    path.unlink()
    with pytest.raises(IndexCorruptError, match=r"cannot read .*words: No such file"):
        Vocabulary(path)


def test_a_vocabulary_of_another_version_is_refused(written: Written, tmp_path: Path) -> None:
    written("rain")
    path = tmp_path / "words"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"version":2', b'"version":7'))
    with pytest.raises(IndexFormatError, match="words is of version 7, this version of Dateline reads 2"):
        Vocabulary(path)
    path.write_bytes(whole.replace(f'"terms":{terms.VERSION}'.encode(), b'"terms":0'))
    with pytest.raises(IndexFormatError, match=f"terms of version 0, this version of Dateline makes {terms.VERSION}$"):
        Vocabulary(path)


def test_a_vocabulary_of_other_passages_is_told_from_that_of_the_index(tmp_path: Path) -> None:
    news = {"rain": ["heavy rain"] * 2, "snow": ["heavy snow"] * 2, "twice": ["heavy rain", "rain"]}
    rain, snow, twice = (write(tmp_path / name, texts) for name, texts in news.items())
    assert rain.vocabulary.is_of(rain.passages)
    assert not snow.vocabulary.is_of(rain.passages)
    assert not twice.vocabulary.is_of(rain.passages)
    assert not write(tmp_path / "none", ["…"] * 2).vocabulary.is_of(rain.passages)


@pytest.fixture
def index(build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path) -> Path:
    """An index of two articles."""
    build(write_jsonl({"id": "a", "title": "Ferry", "text": "all were rescued"}, {"id": "b", "text": "ferry fares"}))
    return tmp_path / "index"


def test_a_generation_knows_the_words_of_its_passages_and_titles(index: Path) -> None:
    generation = store.open_current(index)
    words = {word: int(generation.vocabulary.frequencies[place]) for place, word in enumerate(generation.vocabulary)}
    assert words == {"all": 1, "were": 1, "ferry": 2, "fares": 1, "rescued": 1}
    assert generation.vocabulary.near("resceud") == [("rescued", 1)]


def test_the_vocabulary_is_part_of_what_makes_two_indexes_equal(index: Path) -> None:
    generation = store.open_current(index)
    before = content_digest(generation)
    path = generation.layout.keywords.vocabulary
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert content_digest(generation) != before


def test_a_generation_with_the_vocabulary_of_another_is_refused(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = write(tmp_path / "other", ["all at sea", "at sea"])
    assert other.vocabulary.passages == 2
    path = store.open_current(index).layout.keywords.vocabulary
    path.write_bytes((tmp_path / "other" / "words").read_bytes())
    monkeypatch.setattr("indexer.generations.generation.check_files", lambda *_: None)
    with pytest.raises(IndexCorruptError) as caught:
        store.open_current(index)
    said = " disagrees with itself: vocabulary.index holds other words than keywords.index"
    assert caught.value.message.endswith(said)
