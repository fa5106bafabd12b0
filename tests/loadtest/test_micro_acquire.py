"""`make bench`, "acquire": lines are asked for and given, with nobody at the other end."""

from gateway.upstream import dialler
from gateway.upstream.websocket_wire import dial
from legato.domain.vendors import Transport
from loadtest import micro_acquire
from loadtest.rows import Row


def test_every_wait_is_told_by_its_share_and_the_network_is_as_before(monkeypatch):
    monkeypatch.setattr(micro_acquire, "UTTERANCES", 100)
    told = [row for row in micro_acquire.rows() if isinstance(row, Row)]
    rows, judged = told[:8], told[8:]
    assert [row.n for row in rows] == [100] * 4 + [10] * 4
    assert [row.name.rpartition(" ")[2] for row in rows] == ["p50", "p99"] * 4
    assert [row.unit for row in rows] == ["ms", "ms", "ms of CPU", "ms of CPU"] * 2
    assert all(p99.value >= p50.value > 0 for p50, p99 in zip(rows[::2], rows[1::2], strict=True))
    assert [row.value for row in judged] == [rows[1].value, rows[5].value]
    assert dialler.DIALS[Transport.WEBSOCKET] is dial
