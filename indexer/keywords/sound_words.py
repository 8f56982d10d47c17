"""Find the stretches of a text that may be names and are compared by sound.

Where words are separated, these are the words, and katakana runs. Chinese runs are cut into windows of two to five of
those characters that Chinese uses to transliterate; Thai, Lao, Khmer and Burmese runs into windows that begin where a
syllable may begin. Such a window is open: a name may end anywhere in it.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final

from indexer.text.atoms import Atom

TRANSLITERATING: Final = frozenset(
    "阿埃艾爱安昂奥澳巴白班邦保鲍北贝本比彼宾波伯勃博卜布采查察昌彻茨村达大戴丹当道德登邓迪帝蒂丁东杜顿多俄厄恩尔耳法凡范方"
    "菲费芬丰佛夫弗福富盖冈高戈哥格葛根古瓜圭哈海汉豪赫黑亨洪侯胡华怀惠霍基吉季济加佳贾简江姜杰捷金津京久居卡开凯坎康考柯科克肯库"
    "夸奎坤昆拉腊来莱赖兰朗劳勒雷里理立丽利莉连廉列林琳龙隆娄卢鲁路露吕伦罗洛马玛麦曼芒毛茅梅门蒙孟米密敏明缪摩莫默姆木穆拿"
    "那纳娜乃奈南内能尼妮涅宁牛纽努诺欧帕派潘庞佩彭蓬皮匹平珀泼普奇齐契恰钱乔琼丘让热仁日荣茹儒瑞若萨塞赛三桑瑟森沙莎山珊"
    "尚绍舍申什圣施史士世舒朔斯丝思松苏素孙索塔泰坦汤唐陶特滕提田廷汀通图土托瓦万旺威韦维魏温翁沃乌吴武伍西希锡席夏香肖谢辛欣兴"
    "休许雪逊雅亚扬耶叶伊依因音英尤于约赞泽扎詹占张章珍芝治朱兹宗佐作泊柏蕾黛妲芙姬珂菈蜜妮娅薇雯茜谷恺湾岛哇厘叙"
    "愛奧貝賓達當鄧頓爾範費豐岡漢華懷濟賈簡傑凱萊賴蘭朗勞裡麗連倫龍婁盧魯呂羅馬瑪麥門蒙繆納內寧紐諾歐龐"
    "齊錢喬瓊榮賽薩聖師紹蘇孫湯圖萬韋維溫烏吳錫謝遜亞楊葉約贊澤詹佔張茲習习近泊"
)
"""Characters with which Chinese writes foreign names, after the transliteration tables of Xinhua News Agency, in both
simplified and traditional form. Characters that are mostly used in ordinary words are left out."""
MOST_WINDOWS: Final = 256
"""Windows of one run at most. Runs are a sentence long at most in edited text."""
_HAN_SIZES = (2, 3, 4, 5)
OPEN_SIZE: Final = 12
"""Characters of an open window: about four syllables."""
_LEAST_OPEN = 4
_LEAST = 2
"""Letters of a word that may be a name."""
LONGEST_NAME: Final = 20
"""Characters of a run in a query that is looked up as one name."""
_TONE = re.compile("[\u0e48-\u0e4b\u0ec8-\u0ecb]")
"""Tone marks of Thai and Lao, which transliterated names hardly ever have; a window ends before a syllable with one."""
_SYLLABLE = re.compile(
    "[\u0e40-\u0e44\u0ec0-\u0ec4][\u0e01-\u0e2e\u0e81-\u0eae]"
    "|(?<![\u0e40-\u0e44\u0ec0-\u0ec4])[\u0e01-\u0e2e\u0e81-\u0eae\u1780-\u17a2\u1000-\u1021](?![\u0e4c\u17d2\u1039\u103a])"
)
_KATAKANA = re.compile("[ァ-ヺー]{2,}")
_OPEN_RUN = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]{2,}")
_HAN = re.compile(f"[{''.join(sorted(TRANSLITERATING))}]{{2,}}")


def sound_words(atoms: Sequence[Atom]) -> Iterator[str]:
    """Yield what may be names in a passage that is given as atoms; windows of one run overlap."""
    for text, is_run in _pieces(atoms):
        if is_run:
            yield from windows(text)
        else:
            yield text


def query_words(atoms: Sequence[Atom]) -> list[str]:
    """Return what may be names in a query: words, katakana runs, and other runs as a whole where they are short."""
    found: list[str] = []
    for text, is_run in _pieces(atoms):
        if not is_run or (_LEAST <= len(text) <= LONGEST_NAME and not _KATAKANA.search(text)):
            found.append(text)
        else:
            found += windows(text)
    return list(dict.fromkeys(found))


def windows(run: str) -> list[str]:
    """Return what may be names in a run of a script that is written without spaces, ``MOST_WINDOWS`` at most.

    Katakana runs, Chinese and open windows are found in any run; hiragana and other ideographs are left out.
    """
    return list(itertools.islice(_windows(run), MOST_WINDOWS))


def _pieces(atoms: Sequence[Atom]) -> Iterator[tuple[str, bool]]:
    """Yield words, and runs of atoms that are single characters; whether it is a run comes second."""
    run: list[str] = []
    for atom in atoms:
        is_character = atom.kind in {"ideograph", "character"}
        if run and not (is_character and atom.joint == ""):
            yield "".join(run), True
            run = []
        if is_character:
            run.append(atom.text)
        elif atom.kind == "word" and len(atom.text) >= _LEAST:
            yield atom.text, False
    if run:
        yield "".join(run), True


def _windows(run: str) -> Iterator[str]:
    for match in _KATAKANA.finditer(run):
        yield match[0]
    for match in _HAN.finditer(run):
        yield from _han_windows(match[0])
    for match in _OPEN_RUN.finditer(run):
        yield from _open_windows(match[0])


def _han_windows(run: str) -> Iterator[str]:
    for first in range(len(run)):
        for size in _HAN_SIZES:
            if first + size <= len(run):
                yield run[first : first + size]


def _open_windows(run: str) -> Iterator[str]:
    for match in _SYLLABLE.finditer(run):
        text = run[match.start() : match.start() + OPEN_SIZE]
        if tone := _TONE.search(text):
            text = text[: max((each.start() for each in _SYLLABLE.finditer(text, 0, tone.start())), default=0)]
        if len(text) >= _LEAST_OPEN:
            yield text
