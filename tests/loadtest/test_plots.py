"""The figures are drawn from what was kept, the same each time, without what does not count."""

from xml.etree import ElementTree as ET

import pytest

from loadtest import plots
from loadtest.plots import CAPTIONS, FIGURES, drawn, main
from loadtest.relay_loads import W1
from loadtest.relay_runs import Runs
from tests.loadtest.relay_made import heard, made

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A file with a whole run, its figures beside it."""
    folder = tmp_path_factory.mktemp("kept")
    made(folder / "relay.jsonl")
    return folder / "relay.jsonl"


@pytest.fixture(scope="module")
def told(kept):
    """What is said when they are drawn."""
    return list(drawn(kept, kept.parent))


def texts(file):
    return {"".join(text.itertext()) for text in ET.parse(file).iter(f"{SVG}text")}


def test_each_figure_says_what_it_shows(kept, told):
    assert {file.stem for file in kept.parent.glob("*.svg")} == set(FIGURES)
    for name in FIGURES:
        assert any(line.endswith(f"{name}.svg") for line in told)
    said = texts(kept.parent / "cost.svg")
    assert {"W1: 40 ms chunks, real time", "500", "nginx", "Legato gRPC", "0.7"} <= said
    assert {"W2: p99", "Envoy gRPC"} <= texts(kept.parent / "added-ttfb.svg")
    assert {"p95", "Legato, 500 streams"} <= texts(kept.parent / "cancel.svg")


@pytest.fixture
def few(monkeypatch):
    """Some of the figures: each takes its time."""
    names = ("cost", "cancel")
    monkeypatch.setattr(plots, "FIGURES", {name: FIGURES[name] for name in names})
    return names


def test_the_same_runs_give_the_same_bytes(kept, told, few, tmp_path):
    main([str(kept), "--to", str(tmp_path)])
    for name in few:
        assert (tmp_path / f"{name}.svg").read_bytes() == (kept.parent / f"{name}.svg").read_bytes()


def test_the_page_is_told_what_to_show(kept, few, tmp_path, monkeypatch):
    assert FIGURES.keys() == CAPTIONS.keys()
    monkeypatch.setattr(plots, "FOLDER", tmp_path / "figures")
    told = list(drawn(kept, tmp_path / "figures"))
    assert [line.rpartition("(")[2] for line in told if "![" in line] == [
        "figures/cost.svg)",
        "figures/cancel.svg)",
    ]


def test_what_does_not_count_is_named_and_not_drawn(kept, told):
    assert any(line.startswith("  W1, 1000 streams, Legato: not drawn, 50% of") for line in told)
    assert any(line.endswith("W2, 300 streams, Legato gRPC: drawn, although noisy") for line in told)
    assert "7.7" not in texts(kept.parent / "cost.svg")  # what Legato took where half of it was not spoken


@pytest.mark.usefixtures("few")
def test_a_run_that_was_cut_short_gives_what_it_can(tmp_path):
    runs = Runs(tmp_path / "relay.jsonl")
    runs.heard(W1, "direct", heard(W1))
    runs.heard(W1, "nginx", heard(W1, 0.5, 1.0))
    told = list(drawn(tmp_path / "relay.jsonl", tmp_path))
    assert (tmp_path / "cost.svg").exists()
    assert "  cancel.svg: nothing to draw, it has no valid run" in told


def test_without_runs_it_says_how_to_get_them(tmp_path, monkeypatch, capsys):
    main([str(tmp_path / "none.jsonl"), "--to", str(tmp_path)])
    assert 'BENCH_ARGS="relay" writes it' in capsys.readouterr().out
    (tmp_path / "other.jsonl").write_text("{}\n")
    assert "cannot be read" in next(drawn(tmp_path / "other.jsonl", tmp_path))
    monkeypatch.setattr(plots, "FILE", tmp_path / "none.jsonl")
    assert "not found" in next(plots.rows())
    monkeypatch.setattr(plots, "QUICK_FILE", tmp_path / "none.jsonl")
    assert "not found" in next(plots.quick_rows())
