"""What all frameworks are told of a hit beside its text."""

from collections.abc import Mapping
from typing import Any

from search_api.client.models import Hit


def metadata_of(hit: Hit) -> dict[str, Any]:
    """Return what it takes to cite a hit, to judge it, and to find it in its article."""
    family = hit.family
    return {
        "source": hit.source,
        "url": hit.url,
        "title": hit.title or hit.opening,
        "published": hit.published or "",
        "language": hit.language,
        "relevance": hit.relevance,
        "score": hit.score,
        "passage_id": hit.passage_id,
        "article_id": hit.article_id,
        "start": hit.start,
        "end": hit.end,
        "outlets": family.outlets + 1 if family else 1,
        "sentence": hit.sentence,
    }


def merged(constant: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a call: those of the retriever, where the call does not say otherwise."""
    return {**constant, **{name: value for name, value in given.items() if value is not None}}
