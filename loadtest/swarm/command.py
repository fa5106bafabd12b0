"""Runs a load test: starts a gateway, a vendor of 80 ms and Locust, and judges what was measured. `make loadtest`.

    python -m loadtest.swarm [--scenario steady|ramp|spike|soak|outage] [--streams N] [--minutes M] [--url WS --grpc-url GRPC]

Exit status: 0 when every target was met, 1 when one was missed, 2 when one was missed while the generator was the limit, 3 when
nothing could be measured, 130 or 143 when it was stopped by Ctrl-C or SIGTERM; what was measured until then is reported all the same.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from legato_client.address import Transport, parse_address
from loadtest.arguments import positive
from loadtest.children import ChildError
from loadtest.swarm import report
from loadtest.swarm.loop_lag import LoopLag
from loadtest.swarm.plan import ENV, Plan
from loadtest.swarm.records import Records
from loadtest.swarm.scenarios import SCENARIOS, Scenario
from loadtest.swarm.surroundings import FIRST_BYTE_MS, VOICE, Surroundings
from loadtest.swarm.verdict import Targets, judge
from loadtest.swarm.watch import Sample, Watch

ROOT = Path(__file__).resolve().parents[2]
LEGATO = Path(sys.executable).parent / "legato"
NOTHING_MEASURED = 3
LOOK_S = 1.0
STOP_S = 30.0
"""Time after the end of the scenario for the last turns and for what Locust writes; after that it is ended by force."""


def main(given: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    asked = options().parse_args(given)
    folder: Path = asked.out
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"--out {folder}: {error.strerror}", file=sys.stderr)
        return NOTHING_MEASURED
    try:
        if asked.url:
            return _run(plan_of(asked, asked.url, asked.grpc_url, asked.voice), folder, None, web=asked.web)
        vendors = 2 if asked.scenario == "outage" else 1
        with Surroundings(folder, LEGATO, vendors, ceiling=max(200, 4 * asked.streams)) as own:
            return _run(plan_of(asked, own.websocket, own.grpc, VOICE), folder, own, web=asked.web)
    except ChildError as error:
        print(error, file=sys.stderr)
        return NOTHING_MEASURED


def stop(number: int, _: object) -> NoReturn:
    """Handle a signal, once: leave the run by an exception, so that everything that was started is ended on the way out."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)


def options() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    parser = argparse.ArgumentParser(prog="make loadtest", description=(__doc__ or "").split("\n")[0])
    usual = ", ".join(f"{name} {minutes:g}" for name, (_, minutes) in SCENARIOS.items())
    limits = Targets()
    parser.add_argument("--scenario", choices=SCENARIOS, default="steady", help="(default: steady)")
    parser.add_argument(
        "--streams",
        type=positive(int),
        default=100,
        help="streams at once (default: 100); for every ten, one more client calls Speak",
    )
    parser.add_argument("--minutes", type=positive(float), help=f"length of the run (default: {usual})")
    parser.add_argument(
        "--url",
        type=_address(Transport.WEBSOCKET),
        default="",
        help="ws://… or http://… of a running gateway (default: start one)",
    )
    parser.add_argument(
        "--grpc-url",
        type=_address(Transport.GRPC),
        default="",
        help="grpc://… of the same gateway; without it all clients use the WebSocket",
    )
    parser.add_argument("--voice", default="", help="voice of that gateway (default: its default voice)")
    parser.add_argument("--seed", type=int, default=1, help="random seed")
    parser.add_argument(
        "--max-ttfb-ms",
        type=positive(float),
        default=limits.ttfb_ms,
        help=f"the p95 of the first audio must be below this (default: {limits.ttfb_ms:g})",
    )
    parser.add_argument(
        "--max-end-to-end-ms",
        type=positive(float),
        default=limits.end_to_end_ms,
        help=f"the p95 of a phrase, end to end, must be below this (default: {limits.end_to_end_ms:g})",
    )
    parser.add_argument(
        "--max-errors",
        type=positive(float),
        default=limits.errors,
        help=f"the share of failed turns must be below this (default: {limits.errors:g})",
    )
    parser.add_argument(
        "--web", action="store_true", help="serve Locust's web page during the run: http://127.0.0.1:8089"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "var/loadtest", help="folder for the report")
    return parser


def plan_of(asked: argparse.Namespace, websocket: str, grpc: str, voice: str) -> Plan:
    """Return the plan that was asked for. The API key of a gateway that runs already comes from `LEGATO_KEY`."""
    _, usual = SCENARIOS[asked.scenario]
    return Plan(
        scenario=asked.scenario,
        streams=asked.streams,
        minutes=asked.minutes or usual,
        websocket=websocket,
        grpc=grpc,
        voice=voice,
        key=os.environ.get("LEGATO_KEY", "") if asked.url else "",
        seed=asked.seed,
        records=str(asked.out / "records.jsonl"),
        targets=Targets(asked.max_ttfb_ms, asked.max_end_to_end_ms, asked.max_errors),
    )


def locust_command(folder: Path, *, web: bool) -> list[str]:
    """Return Locust's command line. Without a stop time-out it would not end, since its users are not asked to."""
    face = ["--autostart", "--autoquit", "0", "--web-host", "127.0.0.1"] if web else ["--headless"]
    return [
        *(sys.executable, "-m", "locust", "--locustfile", str(ROOT / "loadtest/swarm/locustfile.py")),
        *(
            *face,
            "--stop-timeout",
            "5",
            "--exit-code-on-error",
            "0",
            "--loglevel",
            "WARNING",
            "--only-summary",
        ),
        *("--html", str(folder / "locust.html"), "--csv", str(folder / "locust")),
    ]


class Outage:
    """Ends the first vendor when its time has come, and brings it back.

    Args:
        scenario: the scenario, which may have an outage.
        lose: ends the vendor.
        restore: brings the vendor back.
    """

    def __init__(self, scenario: Scenario, lose: Callable[[], None], restore: Callable[[], None]) -> None:
        stage = scenario.outage()
        self._left = [] if stage is None else [(stage.from_s, lose), (stage.to_s, restore)]

    def tick(self, now_s: float) -> None:
        """Do what is due at this time on the plan's clock."""
        while self._left and now_s >= self._left[0][0]:
            self._left.pop(0)[1]()


def _run(plan: Plan, folder: Path, own: Surroundings | None, *, web: bool) -> int:
    plan_file, records_file = folder / "plan.json", Path(plan.records)
    records_file.unlink(missing_ok=True)
    plan.write(plan_file)
    scenario = plan.timetable()
    watch = Watch(own.gateway if own else None, lambda: own.vendors if own else ())
    outage = Outage(scenario, own.lose_vendor, own.restore_vendor) if own else None
    lag_before = own.loop_lag() if own else None
    with (folder / "locust.log").open("wb") as log:
        locust = subprocess.Popen(
            locust_command(folder, web=web),
            cwd=ROOT,
            env={**os.environ, ENV: str(plan_file)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,  # or Ctrl-C would also end the process that speaks, in the middle of its turns
        )
        stopped, records = None, None
        try:
            _wait(locust, scenario, watch, outage, records_file)
        except SystemExit as signalled:
            stopped, at_s = signalled, time.monotonic()
            # Read before everything is ended: what is still being said will fail.
            records = Records.read(records_file)
            scenario = scenario.until(at_s - (at_s if records.begun_s is None else records.begun_s))
        finally:
            _end(locust)
            plan_file.unlink()
    records = records or Records.read(records_file)
    if not records.turns:
        print(f"nothing was measured; see {folder / 'locust.log'}", file=sys.stderr)
        status = NOTHING_MEASURED
    else:
        lag_now = own.loop_lag() if own else None
        lag = lag_now.since(lag_before) if lag_now and lag_before else None
        status = _told(plan, scenario, records, watch.samples, folder, lag, stopped=stopped is not None)
    if stopped is not None:
        raise stopped
    return status


def _wait(
    locust: "subprocess.Popen[bytes]",
    scenario: Scenario,
    watch: Watch,
    outage: Outage | None,
    records_file: Path,
) -> None:
    deadline = time.monotonic() + scenario.lasts_s + STOP_S
    begun_s = None
    while locust.poll() is None and time.monotonic() < deadline:
        time.sleep(LOOK_S)
        watch.look()
        begun_s = begun_s or Records.read(records_file).begun_s
        if outage is not None and begun_s is not None:
            outage.tick(time.monotonic() - begun_s)


def _end(locust: "subprocess.Popen[bytes]") -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):  # only on the first Locust writes its page
        if locust.poll() is None:
            locust.send_signal(number)
            try:
                locust.wait(STOP_S)
            except subprocess.TimeoutExpired:
                continue


def _told(
    plan: Plan,
    scenario: Scenario,
    records: Records,
    samples: Sequence[Sample],
    folder: Path,
    lag: LoopLag | None,
    *,
    stopped: bool,
) -> int:
    judgement = judge(records, scenario, plan.targets, plan.streams)
    where = (plan.grpc and f"{plan.websocket} and {plan.grpc}") or plan.websocket
    vendor = f", vendor of {FIRST_BYTE_MS} ms" if plan.voice == VOICE else ""
    about = f"{scenario.name}: {plan.streams} streams, {plan.minutes:g} minutes, {where}{vendor}"
    run = report.Run(scenario, plan.targets, judgement, records, samples, about, lag, stopped=stopped)
    (folder / "report.html").write_text(report.page(run), encoding="utf-8")
    for line in report.text(run):
        print(line)
    print(
        f"report: {folder / 'report.html'}; Locust's own: {folder / 'locust.html'}, {folder / 'locust_stats.csv'}"
    )
    return int(judgement.verdict)


def _address(transport: Transport) -> Callable[[str], str]:
    def address(given: str) -> str:
        try:
            found = parse_address(given) if given else None
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        if found is not None and found.transport is not transport:
            raise argparse.ArgumentTypeError(f"expected an address for {transport.value}, not {given}")
        return given

    return address
