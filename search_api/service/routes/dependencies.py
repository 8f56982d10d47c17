"""What routes take from the application that they belong to."""

from typing import Annotated

from fastapi import Depends, Request

from search_api.search.searcher import Searchers


async def get_searchers(request: Request) -> Searchers:
    """Return what gives the application's searchers."""
    searchers: Searchers = request.app.state.searchers
    return searchers


AnySearchers = Annotated[Searchers, Depends(get_searchers)]
