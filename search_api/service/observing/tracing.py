"""Spans of OpenTelemetry around a request and the stages of its answer, where ``dateline[otel]`` is installed.

Without it, or where no exporter is configured (``OTEL_TRACES_EXPORTER``), nothing happens. What was searched for is in
no span.
"""

import importlib.metadata
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from starlette.types import Scope

from indexer.environment import installed_version
from indexer.errors import SettingsError
from search_api.stages import Stage

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

_EXPORTERS = "opentelemetry_traces_exporter"


class RequestSpan:
    """The span of one request, or nothing."""

    def __init__(self, span: "Span | None" = None) -> None:
        self._span = span

    def end(self, route: str, status: int) -> None:
        """Note how the request was answered, before the span ends."""
        if self._span is not None:
            self._span.update_name(route)
            self._span.set_attribute("http.route", route)
            self._span.set_attribute("http.response.status_code", status or 499)


class Tracing:
    """Makes spans with a tracer, or none without one."""

    def __init__(self, tracer: "Tracer | None" = None) -> None:
        self._tracer = tracer

    @contextmanager
    def request(self, scope: Scope) -> Iterator[RequestSpan]:
        """Open the span of a request, below the one that its ``traceparent`` names."""
        if self._tracer is None:
            yield RequestSpan()
            return
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind

        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        attributes = {"http.request.method": scope["method"]}
        with self._tracer.start_as_current_span(scope["method"], extract(carrier), SpanKind.SERVER, attributes) as span:
            yield RequestSpan(span)

    def stage(self, name: str) -> AbstractContextManager[object]:
        """Open the span of a stage."""
        return nullcontext() if self._tracer is None else self._tracer.start_as_current_span(name)

    def ran(self, stage: Stage) -> None:
        """Make the span of a stage that another process has run."""
        if self._tracer is not None:
            self._tracer.start_span(stage.name, start_time=stage.began).end(stage.ended)


def open_tracing(environment: Mapping[str, str] | None = None) -> Tracing:
    """Return what makes spans: with the exporter that ``OTEL_TRACES_EXPORTER`` names, or the tracer that is set up.

    Raises:
        SettingsError: An exporter is named that is not installed.
    """
    environment = os.environ if environment is None else environment
    wanted = environment.get("OTEL_TRACES_EXPORTER", "")
    try:
        from opentelemetry import trace
    except ImportError:
        if wanted not in {"", "none"}:
            raise SettingsError(
                f"OTEL_TRACES_EXPORTER is {wanted!r}, and OpenTelemetry is not installed", _INSTALL
            ) from None
        return Tracing()
    provider: Any = trace.get_tracer_provider()
    if wanted not in {"", "none"} and isinstance(provider, trace.ProxyTracerProvider):
        provider = _provider(wanted)
    if isinstance(provider, trace.ProxyTracerProvider):
        return Tracing()
    return Tracing(provider.get_tracer("dateline", installed_version()))


_INSTALL = "pip install 'dateline[otel]'"


def _provider(exporter: str) -> Any:
    found = [each for each in importlib.metadata.entry_points(group=_EXPORTERS) if each.name == exporter]
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        found = []
    if not found:
        raise SettingsError(f"OTEL_TRACES_EXPORTER is {exporter!r}, and no such exporter is installed", _INSTALL)
    resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", "dateline")})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(found[0].load()()))
    return provider
