from concurrent import futures

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from gateway.telemetry.tail import TailSettings
from gateway.telemetry.tracing import tracer_provider

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4317"}


def test_without_them_there_is_no_provider():
    assert tracer_provider("1", {}) is None


class Receiver(trace_service_pb2_grpc.TraceServiceServicer):
    def __init__(self):
        self.requests, self.headers = [], {}

    def Export(self, request, context):  # noqa: N802 - the service's own name
        self.requests.append(request)
        self.headers = dict(context.invocation_metadata())
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


@pytest.fixture
def exported(receiver, monkeypatch):
    """What a provider exports of five spans, with these variables; the SDK reads those of the process."""

    def export(tail=None, **more):
        env = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{receiver.port}", **more}
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        provider = tracer_provider("1", env, tail)
        tracer = provider.get_tracer("legato")
        for _ in range(5):
            tracer.start_span("utterance").end()
        provider.shutdown()
        return [len(request.resource_spans[0].scope_spans[0].spans) for request in receiver.requests]

    return export


def test_headers_are_sent_as_the_variable_has_them(exported, receiver):
    assert exported(OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20planted,x-team=speech") == [5]
    assert receiver.headers["authorization"] == "Bearer planted"
    assert receiver.headers["x-team"] == "speech"


def test_batches_are_as_large_as_the_variable_says(exported):
    assert exported(OTEL_BSP_MAX_EXPORT_BATCH_SIZE="2") == [2, 2, 1]


@pytest.mark.parametrize(
    ("sampler", "argument", "spans"),
    [("always_off", "", []), ("traceidratio", "0", []), ("parentbased_traceidratio", "1.0", [5])],
)
def test_what_is_sampled_is_as_the_variables_say(exported, sampler, argument, spans):
    assert exported(OTEL_TRACES_SAMPLER=sampler, OTEL_TRACES_SAMPLER_ARG=argument) == spans


def test_what_went_well_is_kept_as_the_share_says(exported):
    assert exported(TailSettings(share=0.0)) == []


def test_another_protocol_is_told_to_be_none_of_ours(exported, caplog):
    assert exported(OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf") == [5]
    assert ["http/protobuf is not supported" in line for line in caplog.messages] == [True]


def test_a_value_that_cannot_be_used_is_refused_and_not_repeated(caplog):
    with pytest.raises(ValueError, match="OTEL_EXPORTER_OTLP_HEADERS: must be NAME=VALUE") as caught:
        tracer_provider("1", {**ENDPOINT, "OTEL_EXPORTER_OTLP_HEADERS": "planted-key"})
    assert "planted-key" not in f"{caught.value}{caplog.text}"
