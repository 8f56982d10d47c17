"""``/healthz``, ``/readyz`` and ``/stats``: whether the service runs, whether it can answer, what the index holds."""

from typing import Any

from fastapi import APIRouter, Depends

from indexer.errors import DatelineError
from search_api.service.access.guard import needs
from search_api.service.errors import error_response, error_responses
from search_api.service.routes.dependencies import AnySearchers
from search_api.service.schemas import HealthOut, ReadyOut, StatsOut

router = APIRouter(tags=["operation"])


@router.get("/healthz", operation_id="isAlive")
async def healthz() -> HealthOut:
    """Answer while the process lives, whether or not there is an index."""
    return HealthOut()


@router.get("/readyz", operation_id="isReady", response_model=ReadyOut, responses=error_responses(503))
def readyz(searchers: AnySearchers) -> Any:
    """Answer 200 once queries can be answered, 503 with the reason until then.

    Where a newer index cannot be opened, the one before answers on, and `problem` says why. A large index answers while
    the digests of its files are still being compared (`checking`); once one is found to be wrong, this is a 503.
    """
    try:
        generation = searchers.current().stats().generation
        return ReadyOut(generation=generation, problem=searchers.problem, checking=searchers.checking)
    except DatelineError as error:
        return error_response(503, error.code, error.message, error.hint)


@router.get(
    "/stats", operation_id="getStats", dependencies=[Depends(needs("search"))], responses=error_responses(500, 503)
)
def stats(searchers: AnySearchers) -> StatsOut:
    """Return what the index holds."""
    return StatsOut.model_validate(searchers.current().stats())
