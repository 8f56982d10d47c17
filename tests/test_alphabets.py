"""Words of languages with two alphabets are found in either, and other languages stay as they are."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.encoders.protocol import Encoder
from indexer.generations import store
from indexer.generations.report import BuildReport
from indexer.text.alphabets import in_both_alphabets
from indexer.text.atoms import find_atoms
from indexer.text.folding import fold
from search_api.query import make_query
from search_api.search.searcher import IndexSearcher


@pytest.mark.parametrize(
    ("language", "word", "spellings"),
    [
        ("sr", "Обрадовић", "obradovic"),
        ("sr", "Љубиша", "ljubisa"),
        ("sr", "Ђурђевић", "durdevic djurdjevic"),
        ("sr", "Đurđević", "ђурђевић djurdjevic"),
        ("hr", "Njegovan", "његован"),
        ("bs", "Džemal", "џемал"),
        ("bs", "DŽEMAL", "џемал"),
        ("uz", "Ўзбекистон", "ozbekiston"),
        ("uz", "Oʻzbekiston", "ўзбекистон"),
        ("uz", "to`g‘ri", "тўғри"),
        ("uz", "yo'l", "йўл"),
        ("uz", "эшик", "eshik"),
        ("uz", "ер", "yer"),
        ("uz", "yer", "ер"),
        ("uz", "санъат", "sanat"),
        ("uz", "san'at", "санъат"),
        ("kk", "Қазақстан", "qazaqstan"),
        ("kk", "Шымкент", "symkent shymkent"),
        ("kk", "Şymkent", "шымкент shymkent"),
        ("kk", "Shymkent", "шымкент symkent"),
        ("kk", "týraly", "туралы turaly"),
        ("kk", "Абай", "abai"),
        ("kk", "Abai", "абай"),
        ("az", "Һејдәр", "heyder"),
        ("az", "Bakı", "бакы"),
        ("tk", "Ашгабат", "asgabat"),
        ("tk", "Ýewropa", "европа"),
        ("tt", "Казан", "kazan"),
        ("tt", "Qazan", "казан kazan"),
        ("ru", "Путин", ""),
        ("uk", "Київ", ""),
        ("bg", "София", ""),
        ("en", "Njegovan", ""),
        ("sr", "WHO", ""),  # no Serbian word has a w
        ("sr", "東京", ""),
        ("sr", "2025", ""),
    ],
)
def test_a_word_in_the_other_alphabet_of_its_language(language: str, word: str, spellings: str) -> None:
    assert list(in_both_alphabets(word, language)) == spellings.split()


@given(st.text(max_size=12), st.sampled_from(["sr", "uz", "kk", "az", "tk", "tt"]))
def test_whatever_comes_other_spellings_are_folded_and_others(word: str, language: str) -> None:
    for spelling in in_both_alphabets(word, language):
        assert spelling == fold(spelling) != fold(word)


@pytest.mark.parametrize("apostrophe", "'’‘ʻʼ`´")
def test_the_letters_o_and_g_with_an_apostrophe_are_letters(apostrophe: str) -> None:
    text = "O'zbekiston bog'ning to'g'ri G'arb o'g'il g'".replace("'", apostrophe)
    assert [atom.text for atom in find_atoms(text)] == ["ozbekiston", "bogning", "togri", "garb", "ogil", "g"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the dog's tail, who'd, who've", "the dog s tail who d who ve"),
        ("Oslo'da Hamburg'un Chicago'daki", "oslo da hamburg un chicago daki"),
        ("zo'n foto's", "zo n foto s"),
        ("l'homme d'un", "l homme d un"),
        ("O'Brien at six o'clock", "obrien at six oclock"),
        ("ng'ombe, go'aan, Oʻahu", "ngombe goaan oahu"),
        ("об'єкт обʼєкт", "обєкт обєкт"),
    ],
)
def test_an_apostrophe_before_a_suffix_belongs_to_no_letter(text: str, words: str) -> None:
    assert [atom.text for atom in find_atoms(text)] == words.split()


def test_a_passage_has_the_spellings_of_its_language_beside_others() -> None:
    others = {atom.text: atom.others for atom in find_atoms("UN je u Nišu, O'Brien", "sr")}
    assert others == {"un": ("UN", "ун"), "je": ("је",), "u": ("у",), "nisu": ("нишу",), "obrien": ("brien", "обриен")}
    assert {atom.others for atom in find_atoms("je u Nišu")} == {()}


STORIES = {
    "cyrillic": ("sr", "Председник Милан Обрадовић обишао је у понедељак нову фабрику у Нишу и поздравио раднике."),
    "latin": ("sr", "Jaka kiša potopila je ulice u Novom Sadu, a Ljiljana Đurić kaže da je škola zatvorena."),
    "russian": ("ru", "Он шёл по дороге в город и не видел, что мост закрыт."),
    "uzbek": ("uz", "Ўзбекистон президенти Фарғонада янги завод очди ва тўғри йўл ҳақида гапирди."),
    "o'zbek": ("uz", "Oʻzbekiston vaziri Farg'onada yangi bog‘ni ochdi va to`g`ri yoʼl haqida gapirdi."),
    "kazakh": ("kk", "Қазақстан үкіметі Шымкентте жаңа мектеп ашты, деді министр Өмірзақов."),
}


@pytest.fixture
def searcher(
    build: Callable[..., BuildReport], write_jsonl: Callable[..., Path], tmp_path: Path, word_encoder: Encoder
) -> IndexSearcher:
    filler = "The council of the town met on day {} and spoke of roads and of schools for the region."
    fillers = {f"filler{number}": ("en", filler.format(number)) for number in range(40)}
    build(write_jsonl(*({"id": i, "language": of, "text": text} for i, (of, text) in (STORIES | fillers).items())))
    return IndexSearcher(store.open_current(tmp_path / "index"), word_encoder)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Predsednik Milan Obradović obišao je fabriku u Nišu", {"cyrillic"}),
        ("Љиљана Ђурић", {"latin"}),
        ("ljiljana djuric", {"latin"}),
        ("O'zbekiston", {"uzbek", "o'zbek"}),
        ("o‘zbekiston", {"uzbek", "o'zbek"}),
        ("Ўзбекистон", {"uzbek", "o'zbek"}),
        ("Jaña mektep", {"kazakh"}),
        ("jańa mektep", {"kazakh"}),
    ],
)
def test_a_query_in_one_alphabet_finds_passages_in_the_other(
    query: str, found: set[str], searcher: IndexSearcher
) -> None:
    answer = searcher.search(make_query(query))
    assert answer.answerable
    assert found <= {hit.article_id for hit in answer.hits[: len(found) + 1]}
    assert {reason.kind for hit in answer.hits if hit.article_id in found for reason in hit.why} == {"words"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"novu fabriku"', {"cyrillic"}),
        ('"у Новом Саду"', {"latin"}),
        ("+Nišu", {"cyrillic"}),
        ("\"to'g'ri yo'l\"", {"uzbek", "o'zbek"}),
        ("+тўғри завод", {"uzbek", "o'zbek"}),
        ("+тўғри -zavod", {"o'zbek"}),
        ("+on", set()),  # Russian он is not the Serbian on
    ],
)
def test_conditions_hold_in_both_alphabets(query: str, found: set[str], searcher: IndexSearcher) -> None:
    answer = searcher.search(make_query(query, min_relevance=0))
    assert {hit.article_id for hit in answer.hits if not hit.article_id.startswith("filler")} == found


def test_a_reason_is_shown_in_the_alphabet_of_the_passage(searcher: IndexSearcher) -> None:
    answer = searcher.search(make_query("milan obradovic"))
    assert [(each.kind, each.query, each.found) for each in answer.hits[0].why] == [
        ("words", "milan", "Милан"),
        ("words", "obradovic", "Обрадовић"),
    ]
    assert answer.also_searched == ()
