"""The tools ``fetch`` and ``verify_quote``, and the resource that says what the corpus is."""

from collections.abc import Sequence
from typing import Any

from indexer.errors import NotFoundError
from search_api.agents.arguments import FetchArguments, VerifyArguments
from search_api.agents.budget import check_room, clipped, cost, described, fitting, json_text
from search_api.records.articles import StoredArticle, StoredPassage
from search_api.records.quotations import QuotationMatch
from search_api.search.searcher import Searcher

VERIFY_TOKENS = 2000
CORPUS_TOKENS = 2000
_ONWARDS = "+"
"""After the id of a passage: this passage and those after it."""
_LOOSE = 2


def fetch(searcher: Searcher, asked: FetchArguments) -> dict[str, Any]:
    """Return an article, or a passage and those around it, as far as the budget goes.

    Raises:
        NotFoundError: Nothing has this id.
    """
    article, order = _asked_for(searcher, asked)
    passages = article.passages
    frame = {
        "id": article.id,
        **described(article.title, article.opening, article.url, article.source, article.published),
        "language": article.language,
        "outlets": len({each.source for each in article.family} | {article.source}),
        "truncated": True,
        "left_out": len(passages),
        "next": f"{passages[-1].passage_id}{_ONWARDS}" if passages else None,
    }
    room = asked.max_tokens - cost({**frame, "text": "", "passages": []}) - _LOOSE
    first, last = _window(article, order, room)
    shown, text = passages[first:last], _text(article, first, last)
    whole = bool(shown) or not passages
    if not whole:  # not even one: as much of it as fits
        shown = passages[order[0] : order[0] + 1]
        room -= cost(_places(shown))
        check_room(room - 1, 2 * asked.max_tokens - room, asked.max_tokens)
        text, last = clipped(shown[0].text, room), order[0] + 1
    frame |= {
        "truncated": len(shown) < len(order) or not whole,
        "left_out": len(order) - len(shown),
        "next": f"{passages[last].passage_id}{_ONWARDS}" if last < len(passages) else None,
    }
    return {**frame, "text": text, "passages": _places(shown)}


def _asked_for(searcher: Searcher, asked: FetchArguments) -> tuple[StoredArticle, Sequence[int]]:
    """Return an article, and its passages that are wanted, by their numbers: those that matter most first."""
    for name, onwards in ((asked.id, False), (asked.id.removesuffix(_ONWARDS), True)):
        try:
            found = searcher.passage(name)
        except NotFoundError:
            continue
        article = searcher.article(found.article.article_id)
        at = [each.passage_id for each in article.passages].index(name)
        count = len(article.passages)
        if onwards:
            return article, range(at, count)
        near = [at] + [place for step in range(1, asked.around + 1) for place in (at + step, at - step)]
        return article, [place for place in near if 0 <= place < count]
    try:
        article = searcher.article(asked.id)
    except NotFoundError as error:
        raise NotFoundError(
            f"no article or passage has the id {asked.id[:100]!r}", "take an id or next from an answer"
        ) from error
    return article, range(len(article.passages))


def _window(article: StoredArticle, order: Sequence[int], room: int) -> tuple[int, int]:
    """Return the numbers of the first passage that fits and of the one after the last, widened in the order given."""
    first, last = (order[0], order[0]) if order else (0, 0)
    for place in order:
        before = article.passages[place - 1].end if place else 0
        passage = article.passages[place]
        room -= cost(article.body[before : passage.end]) + cost(_places([passage]))
        if room < 0:
            break
        first, last = min(first, place), max(last, place + 1)
    return first, last


def _text(article: StoredArticle, first: int, last: int) -> str:
    passages = article.passages[first:last]
    return article.body[passages[0].start : passages[-1].end] if passages else ""


def _places(passages: Sequence[StoredPassage]) -> list[dict[str, Any]]:
    return [{"id": each.passage_id, "start": each.start, "end": each.end} for each in passages]


def verify_quote(searcher: Searcher, asked: VerifyArguments) -> dict[str, Any]:
    """Return whether a quotation stands in an article, or in any, and where."""
    found = searcher.verify(asked.quote, asked.article_id)
    matches = [_match(each) for each in found.matches]
    frame = {"verdict": found.verdict, "left_out": len(matches)}
    room = VERIFY_TOKENS - cost({**frame, "matches": []}) - _LOOSE
    kept = fitting(matches, room) or fitting([_shortened(each, room) for each in matches[:1]], room)
    return {**frame, "matches": kept, "left_out": len(matches) - len(kept)}


def _match(match: QuotationMatch) -> dict[str, Any]:
    article = match.article
    said = {
        "id": match.passage_id,
        "verdict": match.verdict,
        **described(article.title, article.opening, article.url, article.source, article.published),
        "language": article.language,
        "text": match.text,
        "start": match.start,
        "end": match.end,
    }
    if match.differences:
        said["differences"] = [{"quoted": each.quoted, "found": each.found} for each in match.differences]
    if match.similarity is not None:
        said["similarity"] = round(match.similarity, 2)
    return said


def _shortened(match: dict[str, Any], room: int) -> dict[str, Any]:
    """Return a match without its differences, with as much of its text as fits."""
    head = {name: value for name, value in match.items() if name != "differences"} | {"text": "", "truncated": True}
    return {**head, "text": clipped(match["text"], room - cost(head) - 1)}


def corpus(searcher: Searcher) -> str:
    """Return what the index holds, as JSON: the languages and the outlets with the most articles."""
    stats = searcher.stats()
    said: dict[str, Any] = {
        "articles": stats.articles,
        "oldest": stats.oldest,
        "newest": stats.newest,
        "built_at": stats.built_at.isoformat(),
        "languages": stats.languages,
        "languages_crossed_by_meaning": list(stats.known_languages),
        "outlets": len(stats.sources),
    }
    room = CORPUS_TOKENS - cost({**said, "sources": []}) - _LOOSE
    named = [{"source": name[:200], "articles": count} for name, count in stats.sources.items()]
    return json_text({**said, "sources": fitting(named, room)})
