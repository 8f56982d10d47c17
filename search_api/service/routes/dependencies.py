"""What routes take from the application that they belong to."""

from typing import Annotated

from fastapi import Depends, Request

from search_api.search.searcher import Searcher


async def get_searcher(request: Request) -> Searcher:
    """Return the application's searcher."""
    searcher: Searcher = request.app.state.searcher
    return searcher


AnySearcher = Annotated[Searcher, Depends(get_searcher)]
