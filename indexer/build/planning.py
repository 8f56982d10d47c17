"""Plan the index of a corpus before it is built: from its own passages and headlines, read and encoded on trial."""

import time
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np

from indexer.article import Article
from indexer.build.plan import BuildPlan
from indexer.build.reading_plan import context_of, inputs_of
from indexer.encoders.protocol import Encoder
from indexer.generations.layout import IndexLayout
from indexer.generations.store import storage_errors
from indexer.notice import Notice
from indexer.passages.context import encoder_input
from indexer.passages.cutting import cut_passages
from indexer.sources.guard.reader import GuardedReader
from indexer.vectors.centring import Centring
from indexer.vectors.nomination.pilot import LEAST, LEAST_QUESTIONS, Sample, try_kinds
from indexer.vectors.nomination.planner import IndexPlan, Trials, Workload, plan_index
from indexer.vectors.nomination.recall import Questions
from indexer.vectors.nomination.usual import USUAL

_ARTICLES: Final = 2_000
"""Articles that are cut and encoded on trial."""
_QUESTIONS: Final = 100
_SENTENCES: Final = 2.0
"""Sentences that are encoded beside each passage, as news usually has."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an index over a corpus will be."""

    passages: int
    plan: IndexPlan
    articles: int | None = None
    """None where nothing was read."""
    encoding_seconds: float | None = None
    """None where nothing was encoded."""

    def as_dict(self) -> dict[str, Any]:
        """Return the forecast as plain data for JSON."""
        chosen, *others = (asdict(each) | {"kind": each.kind.name} for each in (self.plan.chosen, *self.plan.others))
        return {
            "passages": self.passages,
            "articles": self.articles,
            "encoding_seconds": self.encoding_seconds,
            "why": self.plan.why,
            "source": self.plan.source,
            "chosen": chosen,
            "others": others,
        }


def forecast_of_passages(workload: Workload) -> Forecast:
    """Forecast an index of so many passages of usual news.

    Raises:
        SettingsError: No index holds them; see ``plan_index``.
    """
    return Forecast(workload.passages, plan_index(workload, USUAL))


def forecast_of_sources(plan: BuildPlan, workload: Workload, passages: int = 0) -> Forecast:
    """Forecast the index that a build would make, or that ``passages`` passages like its own would.

    Raises:
        SettingsError: No index holds them; see ``plan_index``.
        SourceError: A source does not exist or holds no news.
    """
    chosen, articles = _sample_articles(plan)
    cut = [(article, cut_passages(article, plan.readable_limits, plan.encoder.count_tokens)) for article in chosen]
    texts = [encoder_input(article.title, each.text) for article, found in cut for each in found]
    count = passages or round(len(texts) * articles / max(len(chosen), 1))
    began = time.perf_counter()
    vectors = plan.encoder.encode_passages(texts)
    took = time.perf_counter() - began
    seconds = took * (1 + _SENTENCES) * count / max(len(texts), 1)
    languages = [article.language for article, found in cut for _ in found]
    measured = _trials(plan.encoder, vectors, languages, chosen, count)
    workload = replace(workload, passages=count, dim=plan.encoder.identity.dim)
    return Forecast(count, plan_index(workload, measured), articles, round(seconds, 1))


def _sample_articles(plan: BuildPlan) -> tuple[list[Article], int]:
    """Return a random sample of the articles in the sources, the same in every call, and how many there are."""
    inputs = plan.inputs or inputs_of(plan.sources, plan.choice)
    context = context_of(plan.choice, IndexLayout(plan.index).fetched)
    sample, count, draw = list[Article](), 0, np.random.default_rng(0)
    with storage_errors(plan.index), GuardedReader() as guard:
        for item in (item for each in inputs.read for item in guard.items(each, context)):
            if isinstance(item, Notice):
                continue
            count += 1
            if len(sample) < _ARTICLES:
                sample.append(item)
            elif (place := int(draw.integers(count))) < _ARTICLES:
                sample[place] = item
    return sample, count


def _trials(encoder: Encoder, vectors: Any, languages: list[str], articles: list[Article], passages: int) -> Trials:
    """Try the kinds of index on what was encoded, if that is enough."""
    names = sorted(set(languages))
    numbers = {name: number for number, name in enumerate(names)}
    known = np.array([encoder.languages is None or name in encoder.languages for name in names], np.bool_)
    titled = [each for each in articles if each.title and numbers.get(each.language) is not None]
    titled = [each for each in titled if known[numbers[each.language]]][:_QUESTIONS]
    if len(languages) < LEAST or len(titled) < LEAST_QUESTIONS:
        return USUAL
    of_passages = np.array([numbers[name] for name in languages], np.int64)
    of_titles = np.array([numbers[each.language] for each in titled], np.int64)
    centring = Centring.of(vectors, of_passages, len(names))
    order = np.random.default_rng(0).permutation(len(languages))
    sample = Sample(centring.centre(vectors, of_passages)[0][order], of_passages[order], known)
    directions = centring.centre(encoder.encode_queries([each.title for each in titled]), of_titles)[0]
    source = f"{len(languages):,} passages of the corpus, {len(titled)} of its headlines as questions"
    return try_kinds(sample, Questions(directions, of_titles), passages, source)
