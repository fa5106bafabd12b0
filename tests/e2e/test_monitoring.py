"""The dashboard and the alerts, by promtool itself; every metric they name, in the scrape of a gateway that has spoken; every command
of the page on what can be seen, and of the runbook."""

import asyncio
import contextlib
import json
import re
import shlex
import shutil
import subprocess

import pytest
import yaml
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from gateway.app.cli import legato
from legato.domain.errors import SpeechError
from legato_client import Tuning, connect
from tests.e2e.processes import ROOT, Gateway, fetch

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

FOLDER = ROOT / "deploy/monitoring"
OF_A_PARENT = {"legato_workers", "legato_worker_restarts"}
"""Only there with `--workers`: tests/e2e/test_workers.py has them."""
SEEN_WHEN_SPOKEN = {
    "legato_ttfb_speakable_seconds", "legato_ttfb_seconds", "legato_ttfa_seconds", "legato_stage_seconds",
    "legato_streams_open", "legato_streams", "legato_utterances", "legato_utterances_open", "legato_audio_seconds",
    "legato_audio_chunks", "legato_chunk_seconds", "legato_characters", "legato_cancel_seconds", "legato_attempts",
    "legato_attempts_ended", "legato_acquire_seconds", "legato_segment_seconds", "legato_lease_seconds",
    "legato_loop_lag_seconds", "legato_log_lines_dropped", "legato_lines", "legato_lines_waited_for",
    "legato_breaker_state", "legato_cache_lookups", "legato_cache_audio_bytes", "legato_local_runs", "legato_engine_restarts",
    "process_resident_memory_bytes", "process_cpu_seconds",
}  # fmt: skip
"""What has samples as soon as one utterance was spoken and one cancelled; the rest waits for its first mishap."""


def promtool(*arguments, stdin=None):
    """What promtool says, which must be that all is well."""
    path = shutil.which("promtool")
    assert path, "promtool not found: run make promtool"
    done = subprocess.run(
        [path, *map(str, arguments)], check=False, input=stdin, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def drawn():
    """Every expression of the dashboard, with its variables put in, by panel."""
    dashboard = json.loads((FOLDER / "legato.json").read_text(encoding="utf-8"))
    panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    return [
        (panel["title"], target["expr"].replace("$__rate_interval", "5m").replace("$face", ".*"))
        for panel in panels
        for target in panel["targets"]
    ]


def alerted():
    groups = yaml.safe_load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return [rule["expr"] for group in groups for rule in group["rules"]]


def test_the_rules_are_good_and_do_what_their_tests_say():
    promtool("check", "rules", FOLDER / "alerts.yaml")
    assert "SUCCESS" in promtool("test", "rules", FOLDER / "alerts.test.yaml")


def test_every_alert_has_a_test_in_which_it_fires():
    rules = yaml.safe_load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))
    names = {rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule}
    tests = yaml.safe_load((FOLDER / "alerts.test.yaml").read_text(encoding="utf-8"))["tests"]
    fired = {one["alertname"] for test in tests for one in test["alert_rule_test"] if one["exp_alerts"]}
    quiet = {one["alertname"] for test in tests for one in test["alert_rule_test"] if not one["exp_alerts"]}
    assert fired == quiet == names


def test_every_expression_of_the_dashboard_is_one(tmp_path):
    rules = [
        {"record": f"panel:{number}", "expr": expression} for number, (_, expression) in enumerate(drawn())
    ]
    path = tmp_path / "panels.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")
    assert f"{len(rules)} rules found" in promtool("check", "rules", path)
    assert len(rules) > 40


def test_panels_have_numbers_places_and_questions_of_their_own():
    dashboard = json.loads((FOLDER / "legato.json").read_text(encoding="utf-8"))
    panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["description"].endswith(("?", ".")) for panel in panels)
    taken = {
        (x, y)
        for panel in panels
        for at in [panel["gridPos"]]
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    }
    assert len(taken) == sum(panel["gridPos"]["w"] * panel["gridPos"]["h"] for panel in panels), "two overlap"


def test_a_panel_of_bytes_draws_bytes():
    dashboard = json.loads((FOLDER / "legato.json").read_text(encoding="utf-8"))
    panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    measured = {panel["title"]: panel["fieldConfig"]["defaults"]["unit"] for panel in panels}
    assert "bytes" in measured.values()
    for title, expression in drawn():
        assert ("_bytes" in expression) is (measured[title] == "bytes"), title


def test_a_bug_that_is_met_once_is_drawn(tmp_path):
    """A counter that appears at one has no increase, and a bug is met once more often than not."""
    (expression,) = [expression for title, expression in drawn() if title == "Bugs"]
    series = {"series": 'legato_bugs_total{kind="KeyError",where="here"}', "values": "_x20 1x60"}
    seen = {"expr": expression, "exp_samples": [{"labels": '{kind="KeyError",where="here"}', "value": 1}]}
    never = {"expr": expression, "exp_samples": []}
    asked = [{"eval_time": "4m", **never}, {"eval_time": "6m", **seen}, {"eval_time": "15m", **never}]
    evaluated(tmp_path, [series], asked)


def test_what_the_audio_cache_speaks_is_not_drawn_as_refused(tmp_path):
    (expression,) = [
        expression
        for title, expression in drawn()
        if title == "Failed attempts" and "legato_attempts_total" in expression
    ]
    series = [
        {"series": f'legato_attempts_total{{provider="one",reason="{reason}"}}', "values": "0+15x60"}
        for reason in ("leased", "cached", "vendor_quota")
    ]
    refused = {"labels": '{provider="one",reason="vendor_quota"}', "value": 1}
    evaluated(tmp_path, series, [{"eval_time": "10m", "expr": expression, "exp_samples": [refused]}])


def evaluated(tmp_path, series, asked):
    """Let promtool evaluate expressions over series of a sample each quarter of a minute, and compare."""
    path = tmp_path / "panel.yaml"
    test = {"interval": "15s", "input_series": series, "promql_expr_test": asked}
    path.write_text(yaml.safe_dump({"rule_files": [], "tests": [test]}), encoding="utf-8")
    assert "SUCCESS" in promtool("test", "rules", path)


# --- what is really there ---------------------------------------------------------------------------------------------

CONFIG = """
default_voice: espeak
voices: {espeak: {routes: [{provider: espeak}]}, dead: {routes: [{provider: dead, voice: any}]}}
providers: {espeak: {engine: espeak}, dead: {dialect: deepgram, credential: "env:NOBODYS_KEY", url: "ws://127.0.0.1:9"}}
"""


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """A gateway to speak with; it would export spans, if anybody took them."""
    path = tmp_path_factory.mktemp("spoken") / "legato.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    exporting = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    with Gateway(LEGATO_CONFIG=str(path), NOBODYS_KEY="a key", **exporting) as gateway:
        yield gateway.ready()


def commands(*programs):
    """What the page on what can be seen tells people to type."""
    page = (ROOT / "docs/observability.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    lines = [shlex.split(line) for language, block in blocks if not language for line in block.splitlines()]
    return [words for words in lines if words[0] in programs]


def typed(gateway, words):
    """What comes of a command that an operator types."""
    program, *rest = words
    if program == "legato":  # in this process: a start of its own would be most of the time
        at = {"LEGATO_ADMIN_URL": f"http://{gateway.admin}", "LEGATO_SERVER_URL": f"ws://{gateway.http}"}
        ran = CliRunner().invoke(legato, rest, env=at)
        assert ran.exit_code == 0, (words, ran.output)
        return ran.output
    done = subprocess.run(
        [program, "-sS", "--fail", *rest], check=False, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def test_the_commands_of_the_page_do_what_it_says(spoken):
    written = commands("curl", "legato")
    assert len(written) == 7
    said = [
        typed(spoken, [word.replace("127.0.0.1:9464", spoken.admin) for word in words]) for words in written
    ]
    assert '{"level": "info"}' in said
    assert '{"level": "debug"}' in said
    assert sum("# EOF" in text for text in said) == 1
    spoken.log.find(lambda line: line.get("level") == "debug", within=20)
    for words in commands("promtool"):
        promtool(*words[1:])


async def test_the_commands_of_the_runbook_do_what_it_says(spoken):
    async with connect(spoken.urls["grpc"], voice="dead") as speech:
        with contextlib.suppress(SpeechError):
            await speech.say(
                "Nobody says this."
            ).wait()  # a route that was never asked for has no breaker yet
    runbook = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
    written = dict.fromkeys(re.findall(r"`((?:curl|legato) [^`]+)`", runbook))
    assert len(written) == 8
    for command in written:
        put_in = command.replace("ADMIN", spoken.admin).replace("PROVIDER/VOICE", "dead/any")
        said = await asyncio.to_thread(typed, spoken, shlex.split(put_in))
        if "drain" in command:
            assert "drained" in await asyncio.to_thread(typed, spoken, ["legato", "vendors"])
        assert "log-level" not in command or said == '{"level": "warning"}'


async def test_every_metric_is_in_the_scrape_of_a_gateway_that_has_spoken(spoken):
    async with connect(spoken.urls["grpc"], tuning=Tuning(max_lead_ms=0)) as speech:
        assert await speech.speak("Said.")
        utterance = speech.begin()
        await utterance.send("Cancelled before it has been said, because somebody interrupts it.")
        async for _ in utterance:
            await utterance.cancel()
            break
    text = fetch(f"http://{spoken.admin}/metrics")[1]
    families = {family.name: family for family in text_string_to_metric_families(text)}
    there = set(families) | {
        name for line in text.splitlines() if line.startswith("# TYPE") for name in [line.split()[2]]
    }
    promtool("check", "metrics", stdin=text)
    expressions = " ".join([expression for _, expression in drawn()] + alerted())
    named = set(re.findall(r"(?<![:\w])(?:legato|process)_\w+", expressions))
    families_named = {re.sub(r"_(bucket|sum|count|total)$", "", name) for name in named}
    missing = {name for name in families_named if name not in there and f"{name}_total" not in there}
    assert missing == OF_A_PARENT
    page = (ROOT / "docs/observability.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`legato_.*?) \|", page, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert len(told) > 35
    missing = {name.removesuffix("_total") for name in told} - {name.removesuffix("_total") for name in there}
    assert missing == OF_A_PARENT
    empty = {name for name in SEEN_WHEN_SPOKEN if not families.get(name) or not families[name].samples}
    assert empty == set()
    assert len(named) > 30
