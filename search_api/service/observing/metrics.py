"""What a Prometheus server collects of one process of the service."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from search_api.records.articles import Stats
from search_api.stages import Stage

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
StatsNow = Callable[[], Stats | None]
Count = Callable[[], float]


class Metrics:
    """The metrics of one application, in a registry of their own."""

    def __init__(self, stats: StatsNow, gauges: Iterable[tuple[str, str, Count]] = ()) -> None:
        """Make the metrics.

        Args:
            stats: What the index holds, or None while it is not open.
            gauges: Names, help and functions of further numbers that are read when they are asked for.
        """
        self.registry = CollectorRegistry()
        for kind in (ProcessCollector, PlatformCollector, GCCollector):
            kind(registry=self.registry)
        add = self.registry
        self._requests = Counter(
            "dateline_http_requests", "Requests, by route as declared.", ("route", "method", "status"), registry=add
        )
        self._durations = Histogram(
            "dateline_http_request_duration_seconds", "From the request to the end of its response.", ("route",),
            buckets=_BUCKETS, registry=add,
        )  # fmt: skip
        self._stages = Histogram(
            "dateline_search_stage_seconds", "The stages of an answer.", ("stage",), buckets=_BUCKETS, registry=add
        )
        self._rejected = Counter("dateline_rejected", "Requests that were refused, and why.", ("reason",), registry=add)
        self._swaps = Counter(
            "dateline_swap", "Generations that were to answer from then on.", ("result",), registry=add
        )
        self._in_flight = Gauge("dateline_http_requests_in_flight", "Requests that are being answered.", registry=add)
        for name, says, count in gauges:
            Gauge(name, says, registry=add).set_function(count)
        self.registry.register(_Index(stats))

    def text(self) -> bytes:
        """Return all metrics as Prometheus reads them."""
        return generate_latest(self.registry)

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        """Note a request that has been answered; status 0: the client had gone before."""
        self._requests.labels(route, method if method in _METHODS else "other", str(status or 499)).inc()
        self._durations.labels(route).observe(seconds)
        if status in {401, 403, 408, 421, 429}:
            self.reject({401: "key", 403: "scope", 408: "slow", 421: "host", 429: "rate"}[status])

    def reject(self, reason: str) -> None:
        """Note a request that was refused."""
        self._rejected.labels(reason).inc()

    def swap(self, result: str) -> None:
        """Note that a new generation answers (``opened``), or was refused (``refused``)."""
        self._swaps.labels(result).inc()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage of an answer."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._stages.labels(name).observe(time.perf_counter() - began)

    def ran(self, stage: Stage) -> None:
        """Note a stage of an answer that another process has run."""
        self._stages.labels(stage.name).observe((stage.ended - stage.began) / 1e9)

    @contextmanager
    def in_flight(self) -> Iterator[None]:
        """Count a request while it is being answered."""
        self._in_flight.inc()
        try:
            yield
        finally:
            self._in_flight.dec()


class _Index(Collector):
    """What the index holds at the moment that the metrics are collected."""

    def __init__(self, stats: StatsNow) -> None:
        self._stats = stats

    def collect(self) -> Iterator[Metric]:
        stats = self._stats()
        if stats is None:
            return
        info = GaugeMetricFamily("dateline_generation_info", "The generation that answers.", labels=("id", "encoder"))
        info.add_metric((stats.generation, stats.encoder), 1)
        yield info
        built = stats.built_at.timestamp()
        yield GaugeMetricFamily("dateline_generation_built_timestamp_seconds", "When it was built.", built)
        yield GaugeMetricFamily("dateline_index_passages", "Passages that it holds.", stats.passages)
        newest = _timestamp(stats.newest)
        if newest is not None:
            yield GaugeMetricFamily(
                "dateline_newest_article_timestamp_seconds", "The start of the latest date of publication.", newest
            )


def _timestamp(published: str | None) -> float | None:
    """Return the first instant of a date of publication in UTC."""
    if not published:
        return None
    for written in (published, f"{published}-01", f"{published}-01-01"):
        try:
            when = datetime.fromisoformat(written)
        except ValueError:
            continue
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    return None
