from legato.core.demand import Demand


def test_nobody_needs_nothing():
    assert Demand().seats(0.0) == 0


def test_a_steady_stream_needs_its_rate_times_its_length_and_room_for_chance():
    demand = Demand()
    for step in range(600):
        demand.asked(step * 0.5)
        demand.held(4.0)
    assert 8 <= demand.seats(300.0) <= 15  # two a second, four seconds each: a mean of eight


def test_it_falls_when_nobody_comes():
    demand = Demand()
    for step in range(600):
        demand.asked(step * 0.5)
        demand.held(4.0)
    assert demand.seats(1_000.0) == 0
