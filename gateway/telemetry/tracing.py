"""Where spans go: to an OTLP receiver, by gRPC, when the standard `OTEL_*` variables name one; else there are none."""

from collections.abc import Mapping

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider

from gateway.telemetry.span_export import ROOM, SpanCounts, SpanExport
from gateway.telemetry.tail import TailKeep, TailSettings

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def wanted(env: Mapping[str, str]) -> bool:
    """Whether the variables ask for spans."""
    if env.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporters = {name.strip().lower() for name in env.get("OTEL_TRACES_EXPORTER", "").split(",")} - {""}
    if exporters:
        return "otlp" in exporters
    return any(env.get(name) for name in _ENDPOINTS)


def tracer_provider(
    version: str, env: Mapping[str, str], tail: TailSettings | None = None, counts: SpanCounts | None = None
) -> TracerProvider | None:
    """The provider that exports in the background, or `None` when nobody wants spans.

    Sampling, endpoint, headers and certificate are read from the process's own `OTEL_*` variables by the SDK. A receiver that is
    down or slow costs spans, never speech: the queue is bounded and emptied by a thread.

    Args:
        version: of the gateway.
        env: the variables.
        tail: which of the sampled traces are kept once they have ended; all without it.
        counts: is told what becomes of the spans.
    """
    if not wanted(env):
        return None
    ours = {SERVICE_VERSION: version} | ({} if env.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: "legato"})
    provider = TracerProvider(resource=Resource.create(ours))
    room = env.get("OTEL_BSP_MAX_QUEUE_SIZE", "")
    export = SpanExport(
        OTLPSpanExporter(), counts or SpanCounts(), int(room) if room.isdecimal() and int(room) else ROOM
    )
    provider.add_span_processor(TailKeep(tail, export) if tail is not None else export)
    return provider
