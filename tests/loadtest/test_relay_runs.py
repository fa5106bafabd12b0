"""What is kept of the relay benchmark is there again, however it ended."""

import pytest

from loadtest.relay_loads import W1, W2
from loadtest.relay_runs import Runs
from tests.loadtest.relay_made import heard, made


def figures(runs):
    return [
        (cell.load, cell.name, cell.invalid or (cell.cost, cell.bases and cell.added_ms("p99")))
        for cell in runs.cells
    ]


def test_what_was_kept_is_read_as_it_was(tmp_path):
    file = tmp_path / "bench" / "relay.jsonl"
    runs = made(file)
    again = Runs.read(file)
    assert figures(again) == figures(runs)
    assert again.figures == runs.figures
    assert again.where["cores"] == 2


def test_every_run_is_there_when_it_is_over_and_one_that_is_cut_off_is_not(tmp_path):
    file = tmp_path / "relay.jsonl"
    runs = Runs(file)
    runs.heard(W1, "direct", heard(W1))
    runs.heard(W1, "nginx", heard(W1, 0.5, 1.0))
    with file.open("a") as end:
        end.write('{"load": {"name": "W1", ')
    again = Runs.read(file)
    assert [cell.name for cell in again.cells] == ["direct", "nginx"]
    assert again.cell(W1, "nginx").added_ms("p50") == 0.75


def test_a_round_that_was_cut_short_is_no_harm():
    runs = Runs()
    runs.heard(W1, "direct", heard(W1))
    runs.heard(W1, "nginx", heard(W1, 0.5, 1.0))
    runs.heard(W1, "direct", heard(W1))
    assert runs.cell(W1, "nginx").added_ms("p50") == 0.75
    assert [len(cell.heard) for cell in runs.cells] == [2, 1]


def test_who_gave_nothing_is_no_figure(tmp_path):
    runs = Runs(tmp_path / "relay.jsonl")
    runs.heard(W2, "nginx", heard(W2, 0.5))
    runs.broke(W2, "nginx", "the generator said ''")
    for told in (runs, Runs.read(tmp_path / "relay.jsonl")):
        assert told.cell(W2, "nginx").invalid == "the generator said ''"
    assert runs.cell(W2, "Envoy").invalid == "not run"


def test_nobody_is_asked_whose_base_broke():
    runs = Runs()
    runs.broke(W2, "direct gRPC", "the generator said ''")
    assert runs.lacks_base(W2, "Legato gRPC")
    assert not runs.lacks_base(W2, "direct gRPC")
    assert not runs.lacks_base(W2, "Legato")


def test_a_file_of_something_else_is_refused(tmp_path):
    file = tmp_path / "other.jsonl"
    file.write_text('{"rows": []}\n')
    with pytest.raises(ValueError, match="not a run"):
        Runs.read(file)
