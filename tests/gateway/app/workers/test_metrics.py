from types import SimpleNamespace

from gateway.app.workers.metrics import ParentMetrics
from gateway.telemetry.packed import unpack


def test_how_many_there_are_and_how_often_they_were_begun_again():
    workers = [SimpleNamespace(number=1, pid=7, restarts=0), SimpleNamespace(number=2, pid=0, restarts=3)]
    families = unpack(ParentMetrics(SimpleNamespace(workers=workers), lambda: 2).packed())
    told = {(sample.name, *sample.labels.items()): sample.value for one in families for sample in one.samples}
    assert told["legato_engine_restarts_total",] == 2
    assert told["legato_workers",] == 1
    assert told["legato_worker_restarts_total", ("worker", "2")] == 3
    assert told["python_gc_collections_total", ("generation", "2")] >= 0
    assert told["process_resident_memory_bytes",] > 0
