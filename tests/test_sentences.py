"""Sentences in every script: real boundaries, and offsets that lose no character."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.article import Span
from indexer.text.sentences import find_sentences

FRAGMENTS = [
    "The ferry ran aground. ", "Dr. ", "M. ", "J.-P. ", "5 p.m. ", "“", "« ", " »", "(", ")", "?!", "…", "...",
    "Паром сел на мель. ", "وصل الوزير؟ ", "הנשיא הגיע. ", "मंत्री पहुँचे। ", "渡轮触礁。", "「怖い。」",
    "여객선이 좌초했다. ", "เรือเกยตื้น ", "ሁሉም ዳኑ። ", "e\u0301\u0302. ", "\u0301", "👩\u200d👩\u200d👧. ", "𝔘. ",
    "\u200d", "\u200b", "\ufeff", "\r\n", "\r", "\n", "\n\n", "\u2028", "\u2029", "\x85", "\u00a0", "\t", "\0",
    "\x07", "\x0b", "\x0c", "\x1c", "\x1f",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=6), max_size=30).map("".join)
LANGUAGES = st.sampled_from(["en", "fr", "de", "ru", "ar", "he", "hi", "zh", "ja", "ko", "th", "am", "und", "xx"])


def sentences(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in find_sentences(text, language)]


def prose(count: int) -> str:
    return " ".join(f"This is the sentence with number {number} of a paragraph." for number in range(count))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Dr. Smith met Mr. Jones at 5 p.m. on Jan. 3.", "They spoke for an hour.", "The U.S. agreed."]),
        ("en", ["He paid $3.50 to J. R. Tolkien Inc. yesterday.", "“Too much!” she said."]),
        ("fr", ["M. Fidan est arrivé.", "« Nous avons avancé », a-t-il dit.", "J.-P. Morel, 52 ans, s’est tu."]),
        ("fr", ["M.\u00a0Fidan est parti\u00a0!", "Pourquoi\u00a0?"]),
        ("de", ["Am 3. Mai kam z. B. Dr. Weber.", "Er blieb."]),
        ("ru", ["В 2024 г. суд решил.", "А. С. Пушкин."]),
        ("el", ["Το πλοίο προσάραξε.", "Ποιος φταίει;", "Κανείς."]),
        ("ar", ["وصل الوزير إلى العاصمة.", "هل سيوقع الاتفاق؟", "نعم، بالتأكيد!"]),
        ("he", ["הנשיא הגיע לבירה.", "האם ייחתם ההסכם?", "כן, בוודאי."]),
        ("ur", ["وزیر پہنچ گئے۔", "معاہدہ ہوگا۔"]),
        ("hi", ["मंत्री राजधानी पहुँचे।", "क्या समझौता होगा?", "हाँ।"]),
        ("ko", ["여객선이 좌초했다.", "승객은 모두 무사하다."]),
        ("am", ["መርከቡ ተሰናከለ።", "ሁሉም ተሳፋሪዎች ዳኑ።"]),
        ("th", ["เรือเกยตื้นเมื่อวันพฤหัสบดี ผู้โดยสารทั้งหมดปลอดภัย"]),
        ("und", ["One sentence.", "Another one."]),
    ],
)
def test_sentences_of_scripts_with_spaces(language: str, expected: list[str]) -> None:
    assert sentences(" ".join(expected), language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", ["渡轮触礁。", "四百五十人获救！", "谁负责？", "他说：“船沉了。我们得救了。”", "然后离开。"]),
        ("ja", ["船が座礁した。", "全員が無事だった。", "「怖かった。」", "と乗客は話した。"]),
    ],
)
def test_sentences_of_scripts_without_spaces(language: str, expected: list[str]) -> None:
    assert sentences("".join(expected), language) == expected


def test_offsets_count_code_points_not_bytes_or_surrogates() -> None:
    text = "🚢 The ferry sank. 👩\u200d👩\u200d👧 All were saved. 🎉"
    assert find_sentences(text, "en") == ((0, 17), (18, 39), (40, 41))


def test_white_space_around_sentences_is_in_none() -> None:
    assert sentences("  Leading. Trailing.  \r\n\r\n Next\u2028", "en") == ["Leading.", "Trailing.", "Next"]


def test_blank_line_ends_a_sentence_even_after_an_initial() -> None:
    assert sentences("C’est le plan B.\n\nIl part.", "fr") == ["C’est le plan B.", "Il part."]


@pytest.mark.parametrize("text", ["", " \n\t\u00a0"])
def test_text_of_white_space_has_no_sentences(text: str) -> None:
    assert find_sentences(text, "en") == ()


def test_long_text_is_never_cut_within_a_sentence() -> None:
    assert sentences(prose(400), "en") == prose(400).replace(". ", ".\n").splitlines()


def test_long_chinese_text_is_never_cut_within_a_sentence() -> None:
    assert sentences("渡轮在斯克林礁石上触礁。" * 1000, "zh") == ["渡轮在斯克林礁石上触礁。"] * 1000


def test_text_without_end_is_cut_at_a_space_where_there_is_one() -> None:
    parts = sentences("word " * 2000, "en")
    assert " ".join(parts) == " ".join(["word"] * 2000)
    assert len(parts) == 3
    assert [len(part) for part in sentences("x" * 9000, "en")] == [4000, 4000, 1000]


@settings(deadline=None, max_examples=300)
@given(TEXTS, LANGUAGES)
def test_every_visible_character_is_in_exactly_one_sentence(text: str, language: str) -> None:
    check_partition(text, find_sentences(text, language))


@settings(deadline=None, max_examples=100)
@given(TEXTS, LANGUAGES, st.integers(1, 20))
def test_windows_of_a_long_text_lose_nothing(text: str, language: str, window: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("indexer.text.sentences._WINDOW", window)
        check_partition(text, find_sentences(text, language))


def check_partition(text: str, spans: tuple[Span, ...]) -> None:
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
