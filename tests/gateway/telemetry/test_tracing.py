from concurrent import futures

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from gateway.telemetry.tracing import tracer_provider, wanted

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4317"}


@pytest.mark.parametrize(
    ("env", "is_wanted"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        (ENDPOINT, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://localhost:4317"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", **ENDPOINT}, False),
        ({"OTEL_SDK_DISABLED": "true", **ENDPOINT}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
    ],
)
def test_the_standard_variables_decide(env, is_wanted):
    assert wanted(env) is is_wanted


def test_without_them_there_is_no_provider():
    assert tracer_provider("1", {}) is None


class Receiver(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self):
        self.requests = []

    def Export(self, request, context):  # noqa: N802 - the service's own name
        self.requests.append(request)
        return trace_service_pb2.ExportTraceServiceResponse()


@pytest.fixture
def receiver():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
    servicer = Receiver()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(servicer, server)
    servicer.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield servicer
    server.stop(None).wait()


def test_spans_reach_a_real_receiver(receiver, monkeypatch):
    endpoint = f"http://127.0.0.1:{receiver.port}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
    provider = tracer_provider("1.2.3", {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint})
    provider.get_tracer("legato").start_span("utterance").end()
    provider.shutdown()
    (request,) = receiver.requests
    (spans,) = request.resource_spans
    about = {attribute.key: attribute.value.string_value for attribute in spans.resource.attributes}
    assert about["service.name"] == "legato"
    assert about["service.version"] == "1.2.3"
    assert spans.scope_spans[0].spans[0].name == "utterance"


def test_the_name_of_the_service_may_be_another(monkeypatch):
    monkeypatch.setenv("OTEL_SERVICE_NAME", "speech")
    provider = tracer_provider("1", {"OTEL_SERVICE_NAME": "speech", "OTEL_TRACES_EXPORTER": "otlp"})
    assert provider.resource.attributes["service.name"] == "speech"
    provider.shutdown()
