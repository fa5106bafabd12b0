"""Where spans go: to an OTLP receiver, by gRPC, if the standard `OTEL_*` variables name one; otherwise there are none."""

import logging
from collections.abc import Mapping

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider

from gateway.telemetry.otlp_variables import headers_of, mistakes, other_protocol, wanted, whole
from gateway.telemetry.span_export import BATCH, ROOM, SpanCounts, SpanExport
from gateway.telemetry.tail import TailKeep, TailSettings

_LOG = logging.getLogger("legato.telemetry")


def tracer_provider(
    version: str, env: Mapping[str, str], tail: TailSettings | None = None, counts: SpanCounts | None = None
) -> TracerProvider | None:
    """Return a provider that exports in the background, or `None` if nobody wants spans.

    Sampling, endpoint, headers and certificate are read from the process's own `OTEL_*` variables by the SDK. A receiver that is
    down or slow costs spans, never speech: the queue is bounded and emptied by a thread.

    Args:
        version: version of the gateway.
        env: the variables.
        tail: which of the sampled traces are kept once they have ended; all if `None`.
        counts: counts what becomes of the spans.

    Raises:
        ValueError: a variable has a value with which no spans can be exported; the message does not repeat it.
    """
    if not wanted(env):
        return None
    for name, said in mistakes(env):
        raise ValueError(f"{name}: {said}")
    if asked := other_protocol(env):
        _LOG.warning("%s is not supported: spans are sent by gRPC, which receivers take on port 4317", asked)
    ours = {SERVICE_VERSION: version} | ({} if env.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: "legato"})
    provider = TracerProvider(resource=Resource.create(ours))
    export = SpanExport(
        OTLPSpanExporter(headers=headers_of(env)),
        counts or SpanCounts(),
        whole(env.get("OTEL_BSP_MAX_QUEUE_SIZE", "")) or ROOM,
        whole(env.get("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "")) or BATCH,
    )
    provider.add_span_processor(TailKeep(tail, export) if tail is not None else export)
    return provider
