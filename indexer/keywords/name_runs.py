"""Find what may be names in scripts that are written without spaces, so that they are compared by sound as words are.

A run of katakana is a word, and a run of those characters with which Chinese transliterates may be one: a foreign name
stands between characters that are seldom among them. Thai, Lao, Khmer and Burmese have nothing like it: to cut their
text at each syllable takes five times as many words as there are terms, for a third of the names.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from indexer.text.atoms import Atom

TRANSLITERATING: Final = (
    "阿埃爱艾安昂奥澳巴柏白班邦保鲍北贝本彼比宾伯勃博卜波布采察查昌彻茨村大妲达戴黛丹当岛道德登邓帝蒂迪丁东杜顿多俄厄"
    "恩尔耳法凡范方菲费芬丰佛夫富弗福芙盖冈高哥戈格葛根古谷瓜圭哈海汉豪赫黑亨洪侯胡华怀惠霍吉基姬季济佳加贾简姜江捷杰"
    "津近金京久居卡凯开恺坎康考克柯珂科肯库夸奎坤昆拉腊菈来莱赖兰朗劳勒蕾雷丽利厘理立莉里廉连列林琳隆龙娄卢吕路露鲁伦"
    "洛罗玛马麦曼芒毛茅梅门孟蒙密米蜜敏明摩莫默缪姆木穆娜拿纳那乃奈南内能妮尼涅宁牛纽努诺欧帕派潘庞佩彭蓬匹皮平泊泼珀"
    "普奇契齐恰茜钱乔琼丘让热仁日荣儒茹瑞若萨塞赛三桑瑟森沙莎山珊尚绍舍什申圣世史士师施舒朔丝思斯松素苏孙索塔泰坦唐汤"
    "陶特滕提田廷汀通图土托哇瓦万湾旺威维薇韦魏温雯翁沃乌伍吴武习希席西锡夏香肖谢欣辛兴休叙许雪逊亚娅雅扬杨叶耶伊依因"
    "音英尤于约赞泽扎占詹张章珍治芝朱兹宗佐作"
)
"""Characters with which Chinese writes foreign names, after the transliteration tables of Xinhua News Agency, folded.
Characters that are mostly used in ordinary words are left out."""
_LONGEST: Final = 20
"""Characters of a run at most; what is longer is cut."""
_LEAST: Final = 2
"""Letters of a word of a query that may be a name."""
_RUN = re.compile(f"[ァ-ヺー]{{2,{_LONGEST}}}|[{TRANSLITERATING}]{{2,{_LONGEST}}}")


def find_runs(atoms: Sequence[Atom]) -> Iterator[tuple[str, int]]:
    """Yield each run of a text that is given as atoms, and the position of its first atom."""
    for text, position in _unspaced(atoms):
        yield from ((match[0], position + match.start()) for match in _RUN.finditer(text))


def is_run(word: str) -> bool:
    """Tell whether a word of a vocabulary is a run; no other word has such characters."""
    return _RUN.match(word) is not None


def names_of(word: Sequence[Atom]) -> list[str]:
    """Return what may be names in a word of a query: the runs in it, or else the word as a whole."""
    if runs := [run for run, _ in find_runs(word)]:
        return runs
    if word[0].kind in UNSPACED:
        return [text for text, _ in _unspaced(word) if _LEAST <= len(text) <= _LONGEST]
    return [atom.text for atom in word if atom.kind == "word" and len(atom.text) >= _LEAST]


UNSPACED: Final = frozenset(("ideograph", "character"))
"""Kinds of atoms that are single characters of scripts without spaces."""


def _unspaced(atoms: Sequence[Atom]) -> Iterator[tuple[str, int]]:
    """Yield stretches of joined atoms that are single characters, and the position of the first of each."""
    run: list[str] = []
    for position, atom in enumerate(atoms):
        unspaced = atom.kind in UNSPACED
        if run and not (unspaced and atom.joint == ""):
            yield "".join(run), position - len(run)
            run = []
        if unspaced:
            run.append(atom.text)
    if run:
        yield "".join(run), len(atoms) - len(run)
