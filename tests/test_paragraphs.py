"""The layout of a body: paragraphs in every style of line breaks, sub-headings, and boxes with links."""

import textwrap
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.text.paragraphs import find_asides, find_paragraphs, is_aside, is_heading

Growth = Callable[[Callable[[int], object], int], float]
FRAGMENTS = [
    "The ferry ran aground. ", "Паром сел на мель. ", "وصل الوزير؟ ", "הנשיא הגיע. ", "मंत्री पहुँचे। ", "渡轮触礁。",
    "船が座礁した。", "여객선이 좌초했다. ", "เรือเกยตื้น ", "e\u0301\u0302", "👩\u200d👩\u200d👧", "🔗", "𝔘",
    "\u200b", "\ufeff", "\r\n", "\r", "\n", "\n\n", "\u2028", "\u2029", "\x85", "\u00a0", "\t", "\0", "\x07",
    "\x0b", "\x0c", "\x1c", "\x1f",
]  # fmt: skip
BODIES = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=6), max_size=30).map("".join)

MAIL = """\
The ferry Aurelia ran aground on Thursday in the strait of Varn with
four hundred and fifty people on board, all of whom were brought ashore
by fishing boats.

A failure of the radar is being looked into, the coast guard said. Its
officers have boarded the ship.
The owner did not answer questions sent to its office on Friday. It has
owned the ship since 2011."""

BRIEF_ZH = [
    "渡轮“奥蕾莉亚”号周四在瓦恩海峡触礁搁浅，船上四百五十人全部由附近的渔船救起，十一人受轻伤。",
    "调查人员正在检查船上的雷达。船长马雷克·多兰已被停职。",
    "工会批评这一决定过于仓促，要求公布这艘船的维修记录。船东表示，所有检查都按时完成。",
    "海峡内的航班至少停运到星期六。",
]
BRIEF_KO = [
    "여객선 아우렐리아호가 목요일 바른 해협에서 암초에 걸려 승객과 승무원 사백오십 명이 모두 어선으로 구조됐다.",
    "조사단은 레이더 고장 여부를 확인하고 있다. 선장은 직무가 정지됐다고 회사가 밝혔다.",
    "노조는 성급한 결정이라며 정비 기록을 공개하라고 요구했다.",
]


def paragraphs(body: str) -> list[str]:
    return [body[start:end] for start, end in find_paragraphs(body)]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85"])
def test_every_kind_of_line_break_counts(line_break: str) -> None:
    body = line_break.join(["One short line.", "", " \u00a0", "Another one. " * 10, "A third."])
    assert paragraphs(body) == ["One short line.", ("Another one. " * 10).strip(), "A third."]


def test_offsets_point_into_the_body_without_the_white_space_around() -> None:
    assert find_paragraphs("\n  🚢 One. \r\n\r\n\tTwo.\u00a0") == [(3, 9), (15, 19)]


@pytest.mark.parametrize("body", ["", " \n\t\n\u00a0"])
def test_white_space_holds_no_paragraphs(body: str) -> None:
    assert find_paragraphs(body) == []


def test_hard_wrapped_mail_becomes_paragraphs() -> None:
    found = [" ".join(paragraph.split()) for paragraph in paragraphs(MAIL)]
    assert [(paragraph[:9], paragraph[-9:]) for paragraph in found] == [
        ("The ferry", "ng boats."),
        ("A failure", "the ship."),
        ("The owner", "nce 2011."),
    ]


@pytest.mark.parametrize("width", [38, 66, 72, 100])
def test_paragraphs_survive_wrapping_at_any_width(width: int) -> None:
    written = [" ".join(["The ferry sailed at dawn."] * count) for count in (9, 8, 12)]
    wrapped = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in written)
    assert [" ".join(paragraph.split()) for paragraph in paragraphs(wrapped)] == written


def test_line_that_ends_early_ends_a_paragraph_of_a_wrapped_body() -> None:
    body = "A line that was wrapped by hand at forty\ncolumns.\nThe next paragraph follows at once, here."
    assert paragraphs(body) == [body[:49], body[50:]]


def test_one_paragraph_a_line() -> None:
    lines = [
        "The ferry Aurelia ran aground on Thursday with four hundred and fifty people on board, its owner said today.",
        "All were brought ashore.",
        "A failure of the radar is being looked into by the coast guard of the strait.",
    ]
    assert paragraphs("\n".join(lines)) == lines


def test_one_short_paragraph_a_line() -> None:
    lines = ["The ferry Aurelia ran aground on Thursday.", "All on board were brought ashore.", "Its radar had failed."]
    assert paragraphs("\n".join(lines)) == lines


@pytest.mark.parametrize("lines", [BRIEF_ZH, BRIEF_KO], ids=["zh", "ko"])
def test_one_paragraph_a_line_in_scripts_that_need_few_characters(lines: list[str]) -> None:
    assert max(map(len, lines)) < 100
    assert paragraphs("\n".join(lines)) == lines


def test_wrapped_chinese_becomes_paragraphs() -> None:
    written = ["".join(BRIEF_ZH), "".join(BRIEF_ZH[:2])]
    wrapped = "\n\n".join(textwrap.fill(paragraph, 38) for paragraph in written)
    assert ["".join(paragraph.split()) for paragraph in paragraphs(wrapped)] == written


def test_wide_characters_take_two_columns_of_a_wrapped_line() -> None:
    body = "The ferry Aurelia of Varn Lines ran\naground渡轮奥蕾莉亚号周四在瓦恩\n海峡触礁搁浅。"
    assert paragraphs(body) == [body]


def test_wrapped_chinese_leaves_a_heading_on_its_line() -> None:
    wrapped = textwrap.fill("".join(BRIEF_ZH), 38)
    assert paragraphs(f"最后百米最揪心\n{wrapped}") == ["最后百米最揪心", wrapped]


def test_time_of_a_long_hard_wrapped_paragraph_grows_with_its_length_not_its_square(growth: Growth) -> None:
    line = "The ferry sailed at dawn from the old harbour and then it came back to us\n"
    assert find_paragraphs(line * 20_000) == [(0, len(line) * 20_000 - 1)]
    assert growth(lambda lines: find_paragraphs(line * lines), 2_000) < 8


@pytest.mark.parametrize(
    "text",
    ["La question des F-35", "Vers un rapprochement", "Contexte (2019–2025)", "最后百米最揪心", "家計と外食を直撃",
     "ไฟดับซ้ำเติม", "مخاوف الصيادين", "पंच की भूमिका में अदालत", "보조금·지하수가 변수"],
)  # fmt: skip
def test_short_line_that_ends_no_sentence_is_a_heading(text: str) -> None:
    assert is_heading(text)


@pytest.mark.parametrize(
    "text",
    ["It sank.", "Who did it?", "「怖かった。」", "渡轮触礁。", "मंत्री पहुँचे।", "ሁሉም ዳኑ።", "وصل الوزير؟",
     "The reasons:", "… and then…", "He said: “It sank.”", "2025: 42 %", "***", "🚢", "", "Two\nlines", "word " * 15,
     "a" * 91],
)  # fmt: skip
def test_sentences_signs_and_long_lines_are_no_headings(text: str) -> None:
    assert not is_heading(text)


@pytest.mark.parametrize(
    "text",
    [
        "TRT Global - Fidan et Rubio soulignent. 🔗",
        "🔗 Read also",
        " 🔗 Read also",
        "Read also 🔗 \n",
        "Read also 🔗\ufe0f",
    ],
)
def test_paragraph_with_a_link_sign_at_its_edge_is_an_aside(text: str) -> None:
    assert is_aside(text)


@pytest.mark.parametrize("text", ["The sign 🔗 stands for a link, he said.", "Plain words.", ""])
def test_link_sign_in_the_middle_makes_no_aside(text: str) -> None:
    assert not is_aside(text)


def test_asides_are_whole_paragraphs_in_order() -> None:
    body = "🔗 Box one\n\nThe text. 🚢\n\n Box two 🔗 \n"
    assert find_asides(body) == ((0, 9), (25, 34))
    assert find_asides("The text.\n\nMore of it.") == ()


@settings(deadline=None, max_examples=300)
@given(BODIES)
def test_every_visible_character_is_in_exactly_one_paragraph(body: str) -> None:
    spans = find_paragraphs(body)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(body[start:end] == body[start:end].strip() != "" for start, end in spans)
    assert "".join("".join(body[start:end].split()) for start, end in spans) == "".join(body.split())


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text().map(lambda text: " ".join(text.split())).filter(bool), max_size=8))
def test_blank_lines_separate_whatever_was_written(written: list[str]) -> None:
    assert paragraphs("\n\n".join(written)) == written
