"""``/metrics``: what a Prometheus server collects."""

from fastapi import APIRouter, Depends, Request, Response

from search_api.service.access.guard import needs
from search_api.service.observing.metrics import CONTENT_TYPE, Metrics

router = APIRouter(tags=["operation"], dependencies=[Depends(needs("admin"))])
_EXAMPLE = 'dateline_http_requests_total{method="GET",route="/search",status="200"} 4181.0\n'
_TEXT = {"content": {"text/plain": {"schema": {"type": "string"}, "example": _EXAMPLE}}}


@router.get("/metrics", operation_id="getMetrics", response_class=Response, responses={200: _TEXT})
def metrics(request: Request) -> Response:
    """Return the metrics of this process, as Prometheus reads them."""
    found: Metrics = request.app.state.metrics
    return Response(found.text(), headers={"Content-Type": CONTENT_TYPE})
