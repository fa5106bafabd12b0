from types import SimpleNamespace

from gateway.app.workers_metrics import ParentMetrics


def test_how_many_there_are_and_how_often_they_were_begun_again():
    workers = [SimpleNamespace(number=1, pid=7, restarts=0), SimpleNamespace(number=2, pid=0, restarts=3)]
    text = ParentMetrics(SimpleNamespace(workers=workers), lambda: 2).text()
    assert "legato_engine_restarts_total 2.0\n" in text
    assert "legato_workers 1.0\n" in text
    assert 'legato_worker_restarts_total{worker="2"} 3.0\n' in text
    assert "process_resident_memory_bytes " in text
    assert text.endswith("# EOF\n")
