"""A collector of spans: a real OTLP receiver over gRPC on this machine, which can also be unresponsive."""

import threading
from concurrent import futures
from dataclasses import dataclass

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

FAILED = 2


@dataclass(frozen=True)
class Seen:
    """A span as it came over the wire; ids in hex."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    links: tuple[str, ...]
    attributes: dict
    events: tuple[str, ...]
    status: int
    start_ns: int
    end_ns: int


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Keeps every span. With `deaf` it takes a call and never answers it; with `refuses` it answers with an error."""

    def __init__(self, *, deaf=False, refuses=False):
        self._deaf, self._refuses = deaf, refuses
        self._over, self._news = threading.Event(), threading.Condition()
        self.spans = []
        self.raw = b""
        self.called = threading.Event()
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
        trace_service_pb2_grpc.add_TraceServiceServicer_to_server(self, self._server)
        self.port = self._server.add_insecure_port("127.0.0.1:0")

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._server.stop(None).wait()

    @property
    def variables(self):
        """Environment of a process that sends its spans here, without much delay."""
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "OTEL_BSP_SCHEDULE_DELAY": "50",
        }

    def Export(self, request, context):  # noqa: N802 - the service's own name
        self.called.set()
        if self._deaf:
            self._over.wait()
        if self._deaf or self._refuses:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "no spans, thank you")
        with self._news:
            self.raw += request.SerializeToString()
            self.spans += [
                _seen(span)
                for resource in request.resource_spans
                for scope in resource.scope_spans
                for span in scope.spans
            ]
            self._news.notify_all()
        return trace_service_pb2.ExportTraceServiceResponse()

    def wait_for(self, wanted, within=20):
        """Wait until `wanted` holds for the spans; return them all."""
        with self._news:
            assert self._news.wait_for(lambda: wanted(self.spans), within), [
                (span.name, span.trace_id) for span in self.spans
            ]
            return list(self.spans)

    def of_trace(self, trace_id, *names):
        """Wait until a trace has a span of each name; return its spans by name."""
        found = self.wait_for(
            lambda spans: set(names) <= {span.name for span in spans if span.trace_id == trace_id}
        )
        return {span.name: span for span in found if span.trace_id == trace_id}


def _seen(span):
    return Seen(
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        tuple(link.span_id.hex() for link in span.links),
        {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes},
        tuple(event.name for event in span.events),
        span.status.code,
        span.start_time_unix_nano,
        span.end_time_unix_nano,
    )
