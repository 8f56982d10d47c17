"""Parse feeds with feedparser, where it is too easily stopped: by an element that it cannot read, or by a long text.

feedparser has no options for this; its parsers of all kinds of feeds share one class, which is changed here.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import feedparser
from feedparser.mixin import _FeedParserMixin

from indexer.sources.web.feed_xml import well_formed


def parse_feed(content: bytes) -> Any:
    """Return what feedparser makes of a feed; its texts are neither cleaned nor completed."""
    return feedparser.parse(well_formed(content), sanitize_html=False, resolve_relative_uris=False)


def _without_what_fails(handle: Callable[..., None]) -> Callable[..., None]:
    """Return a handler of elements that passes over one which ends what never began, for example."""

    def handle_or_pass_over(*given: Any) -> None:
        with suppress(AttributeError, LookupError, TypeError, ValueError):
            handle(*given)

    return handle_or_pass_over


def _leave_authors(_parser: Any, _key: str = "author") -> None:
    """Do not look for an address of mail in the name of an author: it takes the square of the name's length."""


_FeedParserMixin.unknown_starttag = _without_what_fails(_FeedParserMixin.unknown_starttag)
_FeedParserMixin.unknown_endtag = _without_what_fails(_FeedParserMixin.unknown_endtag)
_FeedParserMixin._sync_author_detail = _leave_authors  # noqa: SLF001
