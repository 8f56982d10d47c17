"""Near-duplicates join one family in every script; reports that only share a pattern do not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.duplicates.families import FamilyFinder
from indexer.duplicates.shingles import cut_shingles
from indexer.text.atoms import split_atoms

WIRE = [
    "A ferry with 212 people on board ran aground in thick fog off the island of Skerry early on Thursday.",
    "Coastguards lifted most passengers from the deck by helicopter within three hours, and the rest left in "
    "two lifeboats that were lowered from the stern once the swell had eased.",
    "Nobody was seriously hurt, said the harbour master, Ingrid Solheim, but nineteen people were treated for cold.",
    "The ship, built in 1994 and refitted last winter, had reported trouble with its radar on two earlier crossings.",
    "Investigators will read its voyage recorder before the tide lets tugs pull it free at the weekend.",
]
OTHER = [
    "Farmers in the delta began to plant rice a month early after the rains came sooner than anyone remembers.",
    "The ministry had warned in 12 districts that the seed banks would not be able to open before the festival.",
    "Cooperatives lent seed to their neighbours against a promise of a tenth more after the harvest.",
]
IN_OTHER_SCRIPTS = {
    "zh": "渡轮周四清晨在浓雾中于斯克里岛附近搁浅，船上共有二百一十二人。海岸警卫队在三小时内用直升机救出大部分乘客，"
    "其余的人在海浪平息后乘坐两艘救生艇离开。港务局长说没有人受重伤，但有十九人因寒冷接受治疗。",
    "th": "เรือข้ามฟากที่มีผู้โดยสารสองร้อยสิบสองคนเกยตื้นในหมอกหนานอกเกาะเมื่อเช้าวันพฤหัสบดี "
    "หน่วยยามฝั่งใช้เฮลิคอปเตอร์ช่วยผู้โดยสารส่วนใหญ่ภายในสามชั่วโมง ส่วนที่เหลือลงเรือชูชีพสองลำ",
    "ar": "جنحت عبارة على متنها مئتان واثنا عشر شخصا وسط ضباب كثيف قبالة الجزيرة فجر الخميس. ونقل خفر السواحل معظم "
    "الركاب بالمروحيات خلال ثلاث ساعات، وغادر الباقون في قاربي نجاة بعد أن هدأت الأمواج.",
    "am": "ሁለት መቶ አሥራ ሁለት ሰዎችን የጫነ ጀልባ ሐሙስ ማለዳ በወፍራም ጭጋግ ውስጥ ከደሴቱ ዳርቻ መሬት ላይ ተጣበቀ። የባህር ዳርቻ ጠባቂዎች "
    "በሦስት ሰዓታት ውስጥ አብዛኞቹን ተሳፋሪዎች በሄሊኮፕተር አወጡ።",
}


def families(*texts: str) -> list[int]:
    finder = FamilyFinder()
    for text in texts:
        finder.add(split_atoms(text))
    return finder.families().tolist()


def story(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def test_what_outlets_do_to_a_wire_story_leaves_it_in_one_family() -> None:
    reworded = story(*WIRE).replace("early on Thursday", "at dawn").replace("thick fog", "dense fog")
    cut = story(*WIRE[:3])
    reordered = story(WIRE[0], WIRE[3], WIRE[1], WIRE[4], WIRE[2])
    shouted = story(*WIRE).upper().replace(",", "")
    assert families(story(*WIRE), story(*OTHER), reworded, cut, reordered, shouted) == [0, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("language", IN_OTHER_SCRIPTS)
def test_copies_are_found_in_every_script(language: str) -> None:
    text = IN_OTHER_SCRIPTS[language]
    others = [each for each in IN_OTHER_SCRIPTS.values() if each != text]
    assert families(text, *others, text[: len(text) * 3 // 4]) == [0, 1, 2, 3, 0]


def report(company: str, profit: str, sales: str, day: str) -> str:
    return (
        f"{company} said its net profit for the quarter rose to {profit} dollars on sales of {sales} dollars. "
        f"The board declared an unchanged dividend, payable on {day} to holders of record. Shares of {company} "
        "closed higher in thin trading before the announcement was made."
    )


def test_reports_that_follow_one_pattern_are_not_copies() -> None:
    reports = [
        report("Northern Mills", "1,200,000", "18,400,000", "March 3"),
        report("Skerry Shipping", "310,000", "7,900,000", "April 14"),
        report("Delta Rice", "92,000", "1,150,000", "May 27"),
    ]
    assert families(*reports) == [0, 1, 2]


def test_a_digest_of_two_stories_does_not_join_them() -> None:
    digest = story(*WIRE[:3], *OTHER)
    first, second, third = families(story(*WIRE), story(*OTHER), digest)
    assert first != second
    assert third in {0, 1, 2}


def test_a_chain_of_texts_each_like_the_next_is_not_one_family() -> None:
    words = [f"word{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(400)]
    chain = [" ".join(words[start : start + 100]) for start in range(0, 300, 30)]
    found = families(*chain)
    assert found[0] == found[1]
    assert len(set(found)) > 2


def test_short_texts_are_copies_only_if_they_are_the_same() -> None:
    assert families("Market closed.", "Market open.", "market  closed", "", "") == [0, 1, 0, 3, 4]


def test_no_texts_have_no_families() -> None:
    assert families() == []


def test_memory_of_a_long_text_is_bounded() -> None:
    finder, chance = FamilyFinder(), random.Random(1)
    finder.add(split_atoms(" ".join(str(chance.random()) for _ in range(50_000))))
    assert finder.nbytes < 1500


@given(st.lists(st.text(alphabet="ab 12.渡轮ไทย\n", max_size=200), max_size=12))
def test_any_texts_have_families_whose_first_is_their_own(texts: list[str]) -> None:
    found = families(*texts)
    assert len(found) == len(texts)
    assert all(first <= row and found[first] == first for row, first in enumerate(found))


@given(st.text(max_size=300))
def test_shingles_of_any_text_are_distinct(text: str) -> None:
    hashes = cut_shingles(split_atoms(text)).hashes.tolist()
    assert len(hashes) == len(set(hashes))
