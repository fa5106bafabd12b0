import statistics

from gateway.simulator.pacing import Pacing
from gateway.simulator.script import Pace


def pacing(seed=1, **pace):
    return Pacing(Pace.model_validate(pace), seed)


def test_the_first_byte_is_constant_uniform_or_bimodal():
    assert pacing(first_byte={"constant_ms": 80}).first_byte_s() == 0.08
    uniform = pacing(first_byte={"low_ms": 100, "high_ms": 200})
    drawn = [uniform.first_byte_s() for _ in range(200)]
    assert 0.1 <= min(drawn) < max(drawn) <= 0.2
    assert abs(statistics.mean(drawn) - 0.15) < 0.01
    bimodal = pacing(first_byte={"fast_ms": 50, "slow_ms": 900, "slow_share": 0.1})
    drawn = [bimodal.first_byte_s() for _ in range(1000)]
    assert set(drawn) == {0.05, 0.9}
    assert 60 < drawn.count(0.9) < 140


def test_the_seed_decides():
    spread = {"low_ms": 0, "high_ms": 1000}
    assert pacing(1, first_byte=spread).first_byte_s() == pacing(1, first_byte=spread).first_byte_s()
    assert pacing(1, first_byte=spread).first_byte_s() != pacing(2, first_byte=spread).first_byte_s()


def test_a_chunk_is_due_by_the_speed():
    assert pacing(speed=4).due_s(2.0) == 0.5
    assert pacing(speed=0).due_s(2.0) == 0.0
    late = pacing(speed=1, jitter_ms=20)
    assert late.due_s(0.0) == 0.0
    assert all(1.0 <= late.due_s(1.0) <= 1.02 for _ in range(50))
