"""Measure what people find who type a name or a word, in lower case, with a wrong letter or in another script.

    python benchmarks/short_queries.py --data DIR [--cache DIR] [--quick] [--json]

DIR holds short_queries, known_item_masakhane and ntrex_headline30. The queries are searched as a person searches, with
the embedded encoder and the default options: ten rows, each an article, none below the floor of relevance. A row is
right if its article holds a relevant passage. Figures are given for all queries and, in brackets, for two halves that a
hash of the query ids decides.

An absent twin is a query that is asked again without the articles that answer it: they may neither be returned nor
lead to others. Twins of which another passage holds all words as they stand are left out, because showing that passage
is right. Names that do not stand in a corpus are those of another corpus; unheard_names.py says which are taken.

--quick asks one query in fifteen of the large sets, and of masakhane in Swahili only; it ends within a minute when the
cache holds the vectors.
"""

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

from asking import half_of
from figures import Figures, print_figures
from pools import LabelledPassage, in_languages, index_passages, read_lines
from quality import Article, story
from short_figures import Outcome, disorder, false_alarms, found, mean, separation, times, whole_events
from shown import Corpus, Page, ShortQuery
from unheard_names import CorpusWords, is_unheard

from indexer.build.plan import BuildPlan
from indexer.build.rebuild import rebuild_index
from indexer.encoders.choose import open_encoder
from indexer.encoders.embedded import LANGUAGES
from search_api.search.opening import open_searcher
from search_api.search.searcher import IndexSearcher

ROOT = Path(__file__).resolve().parent.parent
SEED_WORDS = ROOT / "benchmarks" / "seed_words"
MASAKHANE = {
    "name": (0.98, 0.01),
    "lower": (0.98, 0.01),
    "surname": (0.98, 0.01),
    "typo": (0.87, None),
}
"""For each kind of query, how many pages shall hold a right row, and how many may be empty."""
NTREX = {
    "names, trained": (0.98, None),
    "names, el hi uk": (0.85, None),
    "topics, trained": (0.93, None),
    "topics, el hi uk": (None, None),
}
"""The same for the kinds in languages that the encoder was trained on, and in three others."""
_SPELLED = ("en", "fr")
"""The languages of masakhane whose spelling of the names of ntrex is known."""
_QUICK = 15
"""With --quick, one query in this many is asked."""


class ShortQueryBench:
    """Indexes the sets of a data folder in a working folder, and asks them."""

    def __init__(self, data: Path, work: Path, cache: Path, *, quick: bool) -> None:
        self._data, self._short, self._work, self._cache = data, data / "short_queries", work, cache
        self._quick, self._encoder = quick, open_encoder()
        self._outcomes: dict[str, Outcome] = {}
        """What the queries of each kind got, by set and kind."""
        self._unheard: dict[str, list[Page]] = defaultdict(list)
        """The pages of names that do not stand in the corpus."""
        self.figures: Figures = {}

    def measure(self) -> None:
        """Ask all sets, and turn what they got into figures."""
        ntrex = self._ntrex()
        words = CorpusWords.of(ntrex.searcher.generation)
        for language in ("sw",) if self._quick else ("en", "fr", "sw", "ha", "so"):
            self._masakhane(language, ntrex, words)
        for kind, wanted in MASAKHANE.items():
            self.figures |= found(f"masakhane, {kind}", self._together("masakhane", kind).pages, *wanted)
        self._seeds()
        self._twins()
        self._everything()

    def _ntrex(self) -> Corpus:
        """Ask names, topics and, as a comparison, whole headlines among passages in 15 languages."""
        path, short = self._data / "ntrex_headline30", self._short / "ntrex"
        corpus = self._index(path, "ntrex", story, LANGUAGES)
        kinds: dict[str, list[ShortQuery]] = {kind: [] for kind in NTREX}
        for query in corpus.queries(short / "queries.jsonl.gz", short / "qrels.tsv.gz", _story):
            kinds[f"{query.kind}s, {'trained' if query.language in LANGUAGES else 'el hi uk'}"].append(query)
        for kind, wanted in NTREX.items():
            self._ask(f"ntrex, {kind}", corpus, self._some(kinds[kind]), *wanted)
        headlines = corpus.queries(path / "queries.jsonl.gz", path / "qrels_all.tsv.gz", _story)
        trained = [query for query in headlines if query.language in LANGUAGES]
        self._ask("ntrex, headlines", corpus, self._some(trained))
        return corpus

    def _masakhane(self, language: str, ntrex: Corpus, there: CorpusWords) -> None:
        """Ask names in one language. Ask those that do not stand in the other corpus there, and the other way round.

        Args:
            language: One of masakhane's.
            ntrex: The other corpus.
            there: Its words.
        """
        name, short = f"masakhane {language}", self._short / f"masakhane_{language}"
        corpus = self._index(self._data / "known_item_masakhane" / language, name, lambda line: line["article"])
        queries = corpus.queries(short / "queries.jsonl.gz", short / "qrels.tsv.gz", lambda each: each.split("#p")[0])
        for kind, wanted in MASAKHANE.items():
            of_kind = [query for query in queries if query.kind == kind]
            self._ask(f"{name}, {kind}", corpus, self._some(of_kind), *wanted)
        home = CorpusWords.of(corpus.searcher.generation)
        names = [query for query in queries if query.kind in {"name", "surname"}]
        unheard = [query for query in names if is_unheard([query.text], there, home)]
        self._unheard["masakhane on ntrex"] += ntrex.pages(self._some(unheard))
        if language in _SPELLED:
            self._unheard["ntrex on masakhane"] += corpus.pages(self._some(self._ntrex_names(home)))

    def _ntrex_names(self, there: CorpusWords) -> list[ShortQuery]:
        """Return the names of ntrex, in all languages, of which no language's form stands in a corpus."""
        forms: dict[str, list[ShortQuery]] = defaultdict(list)
        for line in read_lines(self._short / "ntrex" / "queries.jsonl.gz"):
            if line["kind"] == "name":
                forms[line["term"]].append(ShortQuery(line["_id"], line["text"], line["language"], "name", frozenset()))
        unheard = (each for each in forms.values() if is_unheard([form.text for form in each], there))
        return [query for each in unheard for query in each]

    def _seeds(self) -> None:
        """Ask short wordings for the events of seeds/: those of the data folder, and those that the project ships."""
        index, short = self._work / "seeds", self._short / "seeds"
        rebuild_index(BuildPlan([ROOT / "seeds"], index, self._encoder))
        corpus = Corpus(open_searcher(index))
        for name, queries, judgements in (
            ("seeds", short / "queries.jsonl.gz", short / "qrels.tsv.gz"),
            ("seed words", SEED_WORDS / "queries.jsonl", SEED_WORDS / "qrels.tsv"),
        ):
            pages = self._ask(name, corpus, corpus.queries(queries, judgements), 0.85, 0.1)
            self.figures |= mean(f"{name}: right first", pages, lambda page: page.right_first, 0.75)
            self.figures |= whole_events(name, pages, corpus.languages, LANGUAGES, 0.72)

    def _twins(self) -> None:
        """Measure how well relevance tells whether there is an answer, and what is shown where there is none."""
        names = [self._together("masakhane", kind) for kind in ("name", "lower", "surname")]
        names += [self._together("ntrex", "names")]
        words = [self._together("ntrex", "topics, trained")]
        kinds = {
            "names and single words": (Outcome.together(names + words), 0.95),
            "names": (Outcome.together(names), None),
            "single words": (Outcome.together(words), None),
            "typos": (self._together("masakhane", "typo"), None),
            "seeds": (self._outcomes["seeds"], None),
            "seed words": (self._outcomes["seed words"], None),
            "headlines": (self._outcomes["ntrex, headlines"], 0.88),
        }
        for name, (outcome, target) in kinds.items():
            self.figures |= separation(name, outcome.twins, target)
        for kind in MASAKHANE:
            self.figures |= false_alarms(f"masakhane {kind}", self._together("masakhane", kind).twins)
        for name in (*(f"ntrex, {kind}" for kind in NTREX), "ntrex, headlines", "seeds", "seed words"):
            self.figures |= false_alarms(name, self._outcomes[name].twins)

    def _everything(self) -> None:
        """Measure names that stand nowhere, and the order and the time of all answers."""
        unheard = [page for pages in self._unheard.values() for page in pages]
        for name, pages in {"all": unheard, **self._unheard}.items():
            target = 0.08 if name == "all" else None
            figure = f"names not in the corpus, {name}: something shown"
            self.figures |= mean(figure, pages, lambda page: not page.empty, target, "lower")
        every = Outcome.together(self._outcomes.values())
        self.figures |= disorder([*every.pages, *unheard])
        largest = [each for each in self._outcomes.values() if each.passages == every.passages]
        self.figures |= times(Outcome.together(largest))

    def _ask(
        self,
        name: str,
        corpus: Corpus,
        queries: list[ShortQuery],
        right: float | None = None,
        empty: float | None = None,
    ) -> list[Page]:
        """Ask queries and their twins, keep what they got under a name, and return the pages.

        ``right`` and ``empty`` are how many pages shall hold a right row, and how many may be empty.
        """
        outcome = Outcome(corpus.passages, corpus.pages(queries), list(corpus.absent_twins(queries)))
        self._outcomes[name] = outcome
        self.figures |= found(name, outcome.pages, right, empty)
        return outcome.pages

    def _some(self, queries: list[ShortQuery]) -> list[ShortQuery]:
        """Return the queries that are asked of a large set."""
        return [query for query in queries if not self._quick or half_of(query.id) % _QUICK == 0]

    def _together(self, of_set: str, kind: str) -> Outcome:
        """Return what all queries of a kind got in the corpora of a set."""
        named = self._outcomes.items()
        return Outcome.together(each for name, each in named if name.startswith(of_set) and f", {kind}" in name)

    def _index(self, path: Path, name: str, article: Article, languages: Collection[str] | None = None) -> Corpus:
        lines = read_lines(path / "corpus.jsonl.gz")
        passages = (LabelledPassage(line["_id"], article(line), line["text"], line["language"]) for line in lines)
        chosen = in_languages(passages, languages)
        generation = index_passages(chosen, self._work / name, self._encoder, self._cache)
        return Corpus(IndexSearcher(generation, self._encoder))


def _story(passage: str) -> str:
    return story({"_id": passage})


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--cache", type=Path, help="keep vectors here, so that a second run encodes nothing")
    parser.add_argument("--quick", action="store_true", help="a fifteenth of the queries of the large sets")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    arguments = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        bench = ShortQueryBench(arguments.data, work, arguments.cache or work / "cache", quick=arguments.quick)
        bench.measure()
    print_figures(bench.figures, f"short queries, {time.perf_counter() - began:,.0f} s", arguments.json)


if __name__ == "__main__":
    main()
