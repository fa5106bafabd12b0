"""The command: what is asked for becomes a plan, and its end is an exit status. The whole of it is in `test_loadtest.py`."""

import re
import signal
import sys
import time

import pytest

from loadtest.swarm import command
from loadtest.swarm.command import NOTHING_MEASURED, Outage, locust_command, main, options, plan_of, stop
from loadtest.swarm.records import Beat, Records, line_of
from loadtest.swarm.scenarios import outage, steady
from loadtest.swarm.verdict import Targets
from tests.loadtest.swarm.turns_made import turn


def planned(*given):
    return plan_of(options().parse_args(given), "ws://h:1", "grpc://h:2", "load")


def test_without_an_option_it_is_a_hundred_steady_streams_and_the_targets_of_the_design():
    plan = planned()
    assert (plan.scenario, plan.streams, plan.minutes) == ("steady", 100, 1.5)
    assert plan.targets == Targets(200.0, 500.0, 0.001)


def test_what_is_asked_for_is_planned(tmp_path):
    plan = planned("--scenario", "ramp", "--streams", "7", "--max-ttfb-ms", "1", "--out", str(tmp_path))
    assert (plan.scenario, plan.streams, plan.minutes) == ("ramp", 7, 5.0)
    assert plan.targets.ttfb_ms == 1
    assert plan.records == str(tmp_path / "records.jsonl")
    assert planned("--minutes", "0.5").minutes == 0.5


def test_a_key_is_told_to_a_gateway_that_was_named_and_to_no_other(monkeypatch):
    monkeypatch.setenv("LEGATO_KEY", "secret")
    assert planned().key == ""
    assert planned("--url", "ws://h:1").key == "secret"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--streams", "0"), "above 0"),
        (("--streams", "ten"), "invalid int value: 'ten'"),
        (("--minutes", "-1"), "above 0"),
        (("--minutes", "nan"), "above 0"),
        (("--minutes", "inf"), "above 0"),
        (("--max-errors", "nan"), "above 0"),
        (("--scenario", "none"), "steady"),
        (("--url", "nonsense"), "is not a gateway address"),
        (("--url", "grpc://h:1"), "expected an address for websocket"),
        (("--grpc-url", "ws://h:1"), "expected an address for grpc"),
    ],
)
def test_what_makes_no_sense_is_refused(given, said, capsys):
    with pytest.raises(SystemExit):
        options().parse_args(given)
    assert said in capsys.readouterr().err


def test_a_folder_that_cannot_be_is_told(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["--out", str(tmp_path / "file")]) == NOTHING_MEASURED
    assert "file: File exists" in capsys.readouterr().err


def test_locust_ends_by_itself_and_writes_its_own_report(tmp_path):
    headless = locust_command(tmp_path, web=False)
    assert headless[0] == sys.executable
    assert "--headless" in headless
    assert headless[headless.index("--stop-timeout") + 1] == "5"
    assert {str(tmp_path / "locust.html"), str(tmp_path / "locust")} <= set(headless)
    assert {"--autostart", "--autoquit"} <= set(locust_command(tmp_path, web=True))


def test_an_outage_ends_the_vendor_once_and_brings_it_back_once():
    done = []
    scenario = outage(100, 1.5)
    down = scenario.outage()
    switch = Outage(scenario, lambda: done.append("lost"), lambda: done.append("restored"))
    for second in range(int(scenario.lasts_s)):
        before = len(done)
        switch.tick(float(second))
        if len(done) > before:
            done.append(second)
    assert done == ["lost", down.from_s, "restored", down.to_s]
    Outage(steady(1, 1), lambda: 1 / 0, lambda: 1 / 0).tick(1e9)


@pytest.mark.parametrize(("ttfb_s", "status"), [(0.08, 0), (0.3, 1)])
def test_the_verdict_is_the_exit_status(ttfb_s, status, tmp_path, monkeypatch, capsys):
    scenario = steady(4, 0.5)

    def play(locust, scenario, watch, outage, records_file):
        records = [turn(n / 4, ttfb_speakable_s=ttfb_s) for n in range(120)]
        beats = [Beat(float(second), 4, 0.001, 0.1) for second in range(int(scenario.lasts_s))]
        records_file.write_text("".join(map(line_of, (0.0, *records, *beats))))

    monkeypatch.setattr(command, "_wait", play)
    monkeypatch.setattr(command, "locust_command", lambda folder, web: [sys.executable, "-c", ""])
    asked = ["--url", "ws://127.0.0.1:1", "--streams", "4", "--minutes", "0.5", "--out", str(tmp_path)]
    assert main(asked) == status
    assert scenario.lasts_s < 60
    assert "report.html" in capsys.readouterr().out
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")
    assert not (tmp_path / "plan.json").exists(), "there may be a key in it"


def test_a_run_that_is_stopped_reports_what_it_has(tmp_path, monkeypatch, capsys):
    """Hours of a soak were lost to a Ctrl-C: only a run that came to its end was reported."""
    began_s = time.monotonic() - 1_000

    def play(locust, scenario, watch, outage, records_file):
        records = [turn(n * 5) for n in range(200)]
        beats = [Beat(float(second), 4, 0.001, 0.1) for second in range(1_000)]
        records_file.write_text("".join(map(line_of, (began_s, *records, *beats))))
        stop(signal.SIGINT, None)

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(command, "_wait", play)
    monkeypatch.setattr(command, "locust_command", lambda folder, web: [sys.executable, "-c", ""])
    asked = ["--url", "ws://127.0.0.1:1", "--streams", "4", "--scenario", "soak", "--out", str(tmp_path)]
    try:
        with pytest.raises(SystemExit) as ended:
            main(asked)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.value.code == 128 + signal.SIGINT
    told = capsys.readouterr().out
    assert re.search(r"^  ok .*quarter 2 .*p95 ttfb_speakable", told, re.MULTILINE)
    assert "quarter 3" not in told
    assert re.search(r"^STOPPED: soak, 200 turns in the first 100\d s$", told, re.MULTILINE)
    assert '<h1 class="stopped">' in (tmp_path / "report.html").read_text()
    assert not (tmp_path / "plan.json").exists()


def test_a_run_that_measured_nothing_is_no_success(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "locust_command", lambda folder, web: [sys.executable, "-c", ""])
    monkeypatch.setattr(command, "LOOK_S", 0.01)
    assert main(["--url", "ws://127.0.0.1:1", "--out", str(tmp_path)]) == NOTHING_MEASURED
    assert "locust.log" in capsys.readouterr().err


def test_a_gateway_that_does_not_start_is_no_success(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "LEGATO", "/bin/false")
    assert main(["--out", str(tmp_path)]) == NOTHING_MEASURED
    assert "did not start" in capsys.readouterr().err
    assert Records.read(tmp_path / "records.jsonl").turns == []
