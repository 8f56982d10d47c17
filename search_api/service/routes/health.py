"""``/healthz``, ``/readyz`` and ``/stats``: is it there, can it answer, what does it hold."""

from fastapi import APIRouter

from search_api.service.errors import ERRORS
from search_api.service.routes.dependencies import AnySearcher
from search_api.service.schemas import HealthOut, ReadyOut, StatsOut

router = APIRouter(tags=["operation"])


@router.get("/healthz")
async def healthz() -> HealthOut:
    """Answer while the process lives, whether or not there is an index."""
    return HealthOut()


@router.get("/readyz", responses=ERRORS)
def readyz(searcher: AnySearcher) -> ReadyOut:
    """Answer 200 once queries can be answered, 503 with the reason until then."""
    return ReadyOut(generation=searcher.stats().generation)


@router.get("/stats", responses=ERRORS)
def stats(searcher: AnySearcher) -> StatsOut:
    """Return what the index holds."""
    return StatsOut.model_validate(searcher.stats())
