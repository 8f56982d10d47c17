"""Passages: exact slices of the body that lose nothing, in every script, and within what the encoder reads."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.article import Article, Passage, Span
from indexer.errors import SettingsError
from indexer.passages.cutting import PassageLimits, TokenCounter, cut_passages
from indexer.sources.files import SourceFile
from indexer.text.paragraphs import find_asides

Growth = Callable[[Callable[[int], object], int], float]
SEED = Path(__file__).resolve().parent.parent / "seeds" / "000_bfaee044f52e0d90.txt"

FRAGMENTS = [
    "The ferry ran aground. ", "Dr. ", "La question des F-35", "M. Fidan est parti.\u00a0", "« Oui\u00a0! » ", "“",
    "Паром сел. ", "وصل الوزير؟ ", "הנשיא הגיע. ", "मंत्री पहुँचे। ", "渡轮触礁。", "最后百米",
    "船が座礁した。", "여객선이 좌초했다. ", "เรือเกยตื้น ", "ሁሉም ዳኑ። ",
    "e\u0301\u0302", "\u0301" * 9, "👩\u200d👩\u200d👧", "🇫🇷", "👍🏽",
    "𝔘", "🔗", "\n🔗 Box\n", "x" * 40, "\r\n", "\r", "\n", "\n\n", "\n\n\n\n", "\u2028", "\u2029", "\x85", "\u00a0",
    "\u3000", "\t", " ", "\0", "\x07", "\x0b", "\x0c", "\x1c", "\x1f", "\u200b", "\u200d", "\u200e", "\ufeff", "\ufe0f",
]  # fmt: skip
BODIES = (
    st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), min_size=1, max_size=40).map("".join).filter(str.strip)
)
LANGUAGES = st.sampled_from(["en", "fr", "ru", "ar", "he", "hi", "zh", "ja", "ko", "th", "am", "und"])


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def count_visible(texts: Sequence[str]) -> list[int]:
    return [len("".join(text.split())) for text in texts]


COUNTERS = st.sampled_from([count_words, count_visible])
LIMITS = st.tuples(st.integers(1, 30), st.integers(0, 40)).map(lambda pair: PassageLimits(pair[0], sum(pair)))


def article(body: str, language: str = "en") -> Article:
    return Article("a", "", body, None, language, "", "", "test", find_asides(body))


def cut(body: str, min_tokens: int = 5, max_tokens: int = 20, language: str = "en") -> list[Passage]:
    return cut_passages(article(body, language), PassageLimits(min_tokens, max_tokens), count_words)


def texts(passages: list[Passage]) -> list[str]:
    return [" ".join(passage.text.split()) for passage in passages]


def visible(text: str) -> str:
    return "".join(text.split())


def words(count: int, word: str = "word") -> str:
    return " ".join([word] * count) + "."


@settings(deadline=None, max_examples=400)
@given(BODIES, LANGUAGES, LIMITS, COUNTERS)
@example("\n".join(["Heading"] * 9), "en", PassageLimits(24, 24), count_visible)
@example("Heading\n\n" + "x" * 200, "en", PassageLimits(5, 20), count_visible)
@example("e" + "\u0301" * 300, "en", PassageLimits(5, 20), count_visible)
def test_passages_are_exact_complete_and_within_the_limit(
    body: str, language: str, limits: PassageLimits, count: TokenCounter
) -> None:
    read = article(body, language)
    passages = cut_passages(read, limits, count)
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))
    assert all(body[passage.start : passage.end] == passage.text == passage.text.strip() for passage in passages)
    assert all(tokens <= limits.max_tokens for tokens in count([passage.text for passage in passages]))
    spans = sorted([*read.asides, *(Span(passage.start, passage.end) for passage in passages)])
    assert [span for span in spans if span not in read.asides] == [Span(each.start, each.end) for each in passages]
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert "".join(visible(body[start:end]) for start, end in spans) == visible(body)


@settings(deadline=None, max_examples=300)
@given(BODIES, LANGUAGES, LIMITS, COUNTERS)
def test_sentences_of_a_passage_are_exact_and_complete(
    body: str, language: str, limits: PassageLimits, count: TokenCounter
) -> None:
    for passage in cut_passages(article(body, language), limits, count):
        found = [passage.text[start:end] for start, end in passage.sentences]
        edges = [edge for span in passage.sentences for edge in span]
        assert edges == sorted(edges)
        assert all(sentence == sentence.strip() != "" for sentence in found)
        assert visible("".join(found)) == visible(passage.text)
        if passage.heading_end:
            assert passage.sentences[0] == (0, passage.heading_end)
            assert passage.text[passage.heading_end :].strip()


@pytest.mark.parametrize(("least", "most"), [(0, 5), (6, 5), (-1, -1)])
def test_limits_that_make_no_sense_are_refused(least: int, most: int) -> None:
    with pytest.raises(SettingsError, match=rf"^wanted 1 <= min-tokens <= max-tokens, got {least} and {most}$"):
        PassageLimits(least, most)


def test_paragraph_within_the_limits_is_a_passage() -> None:
    assert texts(cut(f"{words(6, 'one')}\n\n{words(20, 'two')}\n\n{words(7, 'three')}")) == [
        words(6, "one"),
        words(20, "two"),
        words(7, "three"),
    ]


def test_very_short_paragraphs_join_until_they_are_long_enough() -> None:
    body = "\n\n".join([words(2, "one"), words(2, "two"), words(2, "three"), words(9, "four")])
    assert texts(cut(body)) == [f"{words(2, 'one')} {words(2, 'two')} {words(2, 'three')}", words(9, "four")]


def test_short_paragraph_joins_the_one_below() -> None:
    assert texts(cut(f"{words(2, 'one')}\n\n{words(9, 'two')}")) == [f"{words(2, 'one')} {words(9, 'two')}"]


def test_short_last_paragraph_joins_the_one_above() -> None:
    assert texts(cut(f"{words(9, 'one')}\n\n{words(2, 'two')}")) == [f"{words(9, 'one')} {words(2, 'two')}"]


def test_short_paragraph_stays_alone_where_its_neighbours_are_full() -> None:
    body = f"{words(19, 'one')}\n\n{words(2, 'two')}\n\n{words(19, 'three')}"
    assert texts(cut(body)) == [words(19, "one"), words(2, "two"), words(19, "three")]


def test_short_paragraph_that_does_not_fit_its_neighbour_does_not_reshape_it() -> None:
    above, below = " ".join([words(6, "one")] * 3), " ".join([words(10, "three")] * 2)
    assert texts(cut(f"{above}\n\n{words(3, 'two')}")) == [above, words(3, "two")]
    assert texts(cut(f"{words(3, 'two')}\n\n{below}")) == [words(3, "two"), below]


def test_short_paragraph_below_a_heading_does_not_join_the_one_above() -> None:
    passages = cut(f"{words(8, 'one')}\n\nHeading\n\n{words(2, 'two')}")
    assert texts(passages) == [words(8, "one"), f"Heading {words(2, 'two')}"]
    assert passages[1].heading_end == 7


def test_heading_travels_with_the_paragraph_below() -> None:
    passages = cut(f"{words(8, 'one')}\n\nLa question\n\n\n{words(8, 'two')}\n\n{words(8, 'three')}")
    assert [passage.text[: passage.heading_end] for passage in passages] == ["", "La question", ""]
    assert passages[1].text == f"La question\n\n\n{words(8, 'two')}"
    assert passages[1].sentences == ((0, 11), (14, 14 + len(words(8, "two"))))


def test_short_paragraph_above_a_heading_joins_the_one_above_it_not_the_heading() -> None:
    body = f"{words(8, 'one')}\n\n{words(2, 'two')}\n\nHeading\n\n{words(8, 'three')}"
    assert texts(cut(body)) == [f"{words(8, 'one')} {words(2, 'two')}", f"Heading {words(8, 'three')}"]


def test_short_paragraph_below_a_heading_joins_the_next_and_keeps_the_heading() -> None:
    (passage,) = cut(f"Heading\n\n{words(2, 'one')}\n\n{words(8, 'two')}")
    assert passage.text[: passage.heading_end] == "Heading"
    assert len(passage.sentences) == 3


def test_consecutive_headings_lead_the_same_paragraph() -> None:
    (passage,) = cut(f"Chapter one\nThe ferry\n\n{words(8)}")
    assert passage.text[: passage.heading_end] == "Chapter one\nThe ferry"
    assert passage.sentences[0] == (0, 21)


def test_heading_at_the_end_of_a_body_is_an_ordinary_line() -> None:
    (passage,) = cut(f"{words(8)}\n\nRead on tomorrow")
    assert passage.text.endswith("Read on tomorrow")
    assert passage.heading_end == 0


def test_body_of_one_heading_is_one_passage() -> None:
    (passage,) = cut("Only a headline")
    assert (passage.text, passage.heading_end, passage.sentences) == ("Only a headline", 0, ((0, 15),))


def test_long_paragraph_is_cut_between_sentences_into_equal_parts() -> None:
    passages = cut(" ".join([words(5)] * 9))
    assert [len(passage.sentences) for passage in passages] == [3, 3, 3]
    assert {sentence.text for sentence in passages} == {" ".join([words(5)] * 3)}


def test_heading_leads_the_first_part_of_a_long_paragraph() -> None:
    passages = cut("The ferry\n\n" + " ".join([words(5)] * 9))
    assert [passage.text[: passage.heading_end] for passage in passages] == ["The ferry", "", ""]


@pytest.mark.parametrize("count", [18, 19, 20, 39, 40, 59])
def test_heading_never_stays_alone_above_a_sentence_that_fills_the_limit(count: int) -> None:
    passages = cut(f"La question des\n\n{words(count)}")
    assert passages[0].text[: passages[0].heading_end] == "La question des"
    assert all(passage.heading_end == 0 for passage in passages[1:])


def test_sentence_without_end_is_cut_between_words() -> None:
    passages = cut("word " * 50)
    assert {word for passage in passages for word in passage.text.split()} == {"word"}
    assert [len(passage.text.split()) for passage in passages] == [16, 17, 17]


def test_white_space_far_behind_does_not_shorten_a_part() -> None:
    passages = cut_passages(article("a " + "x" * 600), PassageLimits(5, 300), count_visible)
    assert [len(passage.text) for passage in passages] == [200, 201, 201]


@pytest.mark.parametrize(
    "character",
    ["e\u0301\u0302", "👩\u200d👩\u200d👧", "👍🏽", "कि", "กี่"],
    ids=["accents", "family", "skin", "hindi", "thai"],
)
def test_cut_without_white_space_never_falls_within_what_a_reader_sees_as_one_character(character: str) -> None:
    passages = cut_passages(article(character * 200), PassageLimits(5, 21), count_visible)
    assert len(passages) >= 200 * len(character) / 21
    assert {passage.text.replace(character, "") for passage in passages} == {""}


def test_accents_without_end_are_cut_all_the_same_and_soon(growth: Growth) -> None:
    def cut_accents(number: int) -> list[Passage]:
        return cut_passages(article("e" + "\u0301" * number), PassageLimits(5, 20), count_visible)

    assert [len(passage.text) for passage in cut_accents(100_000)[:3]] == [20, 20, 20]
    assert growth(cut_accents, 10_000) < 8


def test_aside_is_in_no_passage_and_nothing_joins_across_it() -> None:
    body = f"{words(2, 'one')}\n\nRead also: the other ferry 🔗\n\n{words(2, 'two')}"
    assert texts(cut(body)) == [words(2, "one"), words(2, "two")]


def test_heading_above_an_aside_is_an_ordinary_line() -> None:
    passages = cut(f"{words(8, 'one')}\n\nHeading\n\n🔗 The other ferry\n\n{words(8, 'two')}")
    assert texts(passages) == [f"{words(8, 'one')} Heading", words(8, "two")]
    assert [passage.heading_end for passage in passages] == [0, 0]


def test_article_of_asides_has_no_passages() -> None:
    assert cut("🔗 One box\n\n🔗 Another box") == []


def test_hard_wrapped_mail_has_the_passages_of_its_paragraphs() -> None:
    body = (
        "The ferry ran aground on Thursday, and all\non board are safe.\n\nIts radar had failed, the coast\nguard said."
    )
    assert texts(cut(body)) == [
        "The ferry ran aground on Thursday, and all on board are safe.",
        "Its radar had failed, the coast guard said.",
    ]


@pytest.mark.parametrize(
    ("paragraph", "count", "least"),
    [
        ("The ferry sailed at dawn from the old harbour. " * 21_277, count_words, 200),
        ("渡轮在斯克林礁石上触礁" * 90_909, count_visible, 200),
    ],
    ids=["prose", "no white space"],
)
def test_paragraph_of_a_million_characters_takes_four_times_as_long_as_a_quarter_of_it(
    paragraph: str, count: TokenCounter, least: int, growth: Growth
) -> None:
    def cut_start(length: int) -> list[Passage]:
        return cut_passages(article(paragraph[:length]), PassageLimits(), count)

    assert growth(cut_start, len(paragraph) // 4) < 8
    passages = cut_start(len(paragraph))
    tokens = count([passage.text for passage in passages])
    assert sum(tokens) == count([paragraph])[0]
    assert max(tokens) <= 256
    assert sum(tokens) / len(tokens) > least


def test_headings_of_the_seed_article_lead_their_paragraphs_and_its_box_is_left_out() -> None:
    (seed,) = SourceFile(SEED, "seed").items()
    passages = cut_passages(seed, PassageLimits(), count_words)
    headings = {
        passage.text[: passage.heading_end]: re.sub(r"\s+", " ", passage.text[passage.heading_end :])[:22]
        for passage in passages
        if passage.heading_end
    }
    assert headings == {
        "La question des F-35": " Mardi, le ministre tu",
        "Vers un rapprochement": " Ces dernières années,",
    }
    assert len(passages) == 13
    assert not any("TRT Global" in passage.text or "cessez-le-feu à Gaza" in passage.text for passage in passages)
