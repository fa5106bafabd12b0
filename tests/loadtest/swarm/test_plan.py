"""A plan goes from one process to the next."""

from loadtest.swarm.plan import Plan
from loadtest.swarm.verdict import Targets

PLAN = Plan(
    "spike",
    40,
    0.5,
    "ws://127.0.0.1:1",
    "grpc://127.0.0.1:2",
    "load",
    "secret",
    7,
    "r.jsonl",
    Targets(1, 2, 3),
)


def test_a_plan_comes_back_as_it_was(tmp_path):
    PLAN.write(tmp_path / "plan.json")
    assert Plan.read(tmp_path / "plan.json") == PLAN


def test_its_key_is_for_nobody_else(tmp_path):
    PLAN.write(tmp_path / "plan.json")
    assert (tmp_path / "plan.json").stat().st_mode & 0o077 == 0
    assert "secret" not in repr(PLAN)


def test_it_names_a_scenario():
    assert PLAN.timetable().name == "spike"
