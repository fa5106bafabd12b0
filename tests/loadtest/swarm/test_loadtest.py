"""The whole command, with a gateway, a vendor and Locust of its own: a report, a verdict, an exit status."""

import os
import re
import signal
import subprocess
import sys

import psutil
import pytest

from loadtest.swarm.records import Kind, Records
from tests.e2e.processes import until
from tests.house.sources import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def loadtest(tmp_path_factory):
    """A run with a target that nobody can meet, beside ones that everybody meets: what it said, and where it wrote."""
    folder = tmp_path_factory.mktemp("loadtest")
    asked = ["--streams", "10", "--minutes", str(8 / 60), "--out", str(folder)]
    wide = ["--max-ttfb-ms", "600000", "--max-errors", "0.5", "--max-end-to-end-ms", "1"]
    command = [sys.executable, "-m", "loadtest.swarm", *asked, *wide]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=90), folder


def test_a_missed_target_is_told_and_is_the_exit_status(loadtest):
    run, _ = loadtest
    assert run.returncode in {1, 2}, run.stderr
    assert re.search(r"^  MISSED .*end to end of a phrase < 1 ms", run.stdout, re.MULTILINE)
    assert re.search(r"^(FAILED|UNPROVEN): steady, \d+ turns$", run.stdout, re.MULTILINE)


def test_the_targets_that_were_met_are_told(loadtest):
    run, _ = loadtest
    met = [line for line in run.stdout.splitlines() if line.startswith("  ok")]
    for target in (
        "p95 ttfb_speakable < 600000 ms",
        "p95 first audio of a phrase < 600000 ms",
        "errors < 0.5",
    ):
        assert any(target in line for line in met)


def test_r31_how_punctual_the_gateways_loop_was_is_told(loadtest):
    run, _ = loadtest
    assert re.search(
        r"^  the gateway's loop was at most 10 ms late in [\d.]+% of \d+ looks", run.stdout, re.MULTILINE
    )


def test_r26_every_kind_of_caller_has_spoken(loadtest):
    _, folder = loadtest
    records = Records.read(folder / "records.jsonl")
    assert {turn.kind for turn in records.turns if not turn.failed} == set(Kind)
    assert all(turn.ttfb_speakable_s >= 0.08 for turn in records.turns if turn.ttfb_speakable_s), (
        "the vendor's 80 ms"
    )


def test_there_are_a_report_with_plots_and_what_locust_saw(loadtest):
    _, folder = loadtest
    assert (folder / "report.html").read_text().count("<polyline") > 10
    assert "phrase: end to end" in (folder / "locust_stats.csv").read_text()
    assert "ttfb_speakable" in (folder / "locust.html").read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_r26_told_to_stop_it_reports_what_it_has_measured(number, tmp_path):
    command = [sys.executable, "-m", "loadtest.swarm", "--streams", "2", "--out", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, process_group=0
    ) as run:
        until(lambda: len(Records.read(tmp_path / "records.jsonl").turns) > 5)
        os.killpg(run.pid, number)  # as a terminal does
        told, _ = run.communicate(timeout=90)
        assert run.returncode == 128 + number
    assert re.search(r"^STOPPED: steady, \d+ turns in the first \d+ s$", told, re.MULTILINE)
    assert (tmp_path / "report.html").read_text().count("<polyline") > 10
    assert "ttfb_speakable" in (tmp_path / "locust.html").read_text()
    assert "Traceback" not in (tmp_path / "locust.log").read_text()
    assert len((tmp_path / "locust_failures.csv").read_text().splitlines()) == 1, "only its heading"


def test_r26_told_to_stop_it_leaves_nobody_behind(tmp_path):
    """Neither Locust nor the process that speaks, nor the file with the key; there need be no gateway for that."""
    command = [sys.executable, "-m", "loadtest.swarm", "--url", "ws://127.0.0.1:9", "--out", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        until((tmp_path / "records.jsonl").exists)
        started = psutil.Process(run.pid).children(recursive=True)
        run.send_signal(signal.SIGTERM)
        assert run.wait(60) == 128 + signal.SIGTERM
    assert len(started) >= 2
    _, alive = psutil.wait_procs(started, timeout=30)
    assert not alive
    assert not (tmp_path / "plan.json").exists()
