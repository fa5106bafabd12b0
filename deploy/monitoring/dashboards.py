"""The Grafana dashboard, built from typed code into `legato.json` beside this file.

    python deploy/monitoring/dashboards.py           write legato.json
    python deploy/monitoring/dashboards.py --check   exit with status 1 if it is not current

Rules: a panel answers one question, which is its description; every expression is checked by promtool, and every metric in it must
appear in the scrape of a gateway that has spoken (`tests/e2e/test_monitoring.py`).
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from grafana_foundation_sdk.builders import prometheus, timeseries
from grafana_foundation_sdk.builders.dashboard import Dashboard, DatasourceVariable, QueryVariable, Row
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import VisibilityMode
from grafana_foundation_sdk.models.dashboard import DataSourceRef, GridPos

HERE = Path(__file__).parent
SOURCE = DataSourceRef(type_val="prometheus", uid="${source}")
WIDTH, HEIGHT = 8, 8
ACROSS = 24 // WIDTH
FACES = 'face=~"$face"'
FIRST = f'queued="false",{FACES}'
"""Leaves out utterances that waited behind another one: their times say nothing about the gateway."""


@dataclass(frozen=True)
class Chart:
    """One panel: its title, the question that it answers, its unit, and the expressions that it draws, by legend."""

    title: str
    asks: str
    unit: str
    draws: dict[str, str]


def quantile(share: float, histogram: str, labels: str = "", by: str = "") -> str:
    """Return an expression for a quantile over the dashboard's rate interval."""
    inner = f"rate({histogram}_bucket{{{labels}}}[$__rate_interval])"
    groups = ", ".join(filter(None, ("le", by)))
    return f"histogram_quantile({share}, sum by ({groups}) ({inner}))"


def rate(counter: str, labels: str = "", by: str = "") -> str:
    """Return an expression for how fast a counter grows, per second."""
    grouped = f"sum by ({by}) " if by else "sum"
    return f"{grouped}(rate({counter}{{{labels}}}[$__rate_interval]))"


def increase(counter: str) -> str:
    """Return an expression for the growth of a counter that rarely grows more than once: one that appears at 1 has no `increase` yet."""
    over = "[$__rate_interval]"
    return f"increase({counter}{over}) > 0 or {counter} unless {counter} offset $__rate_interval"


def share(part: str, whole: str) -> str:
    """Return an expression for one rate as a share of another."""
    return f"{part} / {whole}"


ROWS: dict[str, list[Chart]] = {
    "What callers hear": [
        Chart(
            "Time to first byte, speakable",
            "How long does it take from the first speakable text to its first audio? The objective is 200 ms.",
            "s",
            {
                f"p{round(q * 100)}": quantile(q, "legato_ttfb_speakable_seconds", FIRST)
                for q in (0.5, 0.95, 0.99)
            },
        ),
        Chart(
            "Time to first audible sample",
            "How long does it take from the first text to the first sound?",
            "s",
            {f"p{round(q * 100)}": quantile(q, "legato_ttfa_seconds", FIRST) for q in (0.5, 0.95)},
        ),
        Chart(
            "Within the objective",
            "What share of utterances started within 200 ms?",
            "percentunit",
            {
                "within 200 ms": share(
                    rate("legato_ttfb_speakable_seconds_bucket", f'le="0.2",{FIRST}'),
                    rate("legato_ttfb_speakable_seconds_count", FIRST),
                )
            },
        ),
        Chart(
            "Errors",
            "What fails, and who can fix it?",
            "cps",
            {"{{whose}}: {{reason}}": rate("legato_errors_total", FACES, "whose, reason")},
        ),
        Chart(
            "Underruns",
            "How often do listeners run out of audio in mid-utterance, and for how long?",
            "short",
            {
                "per second": rate("legato_underruns_total", FACES),
                "seconds of silence per second": rate("legato_underrun_seconds_total", FACES),
            },
        ),
        Chart(
            "Cancel",
            "How long is old audio still sent after a cancel? The promise is 5 ms.",
            "s",
            {
                "p50": quantile(0.5, "legato_cancel_seconds", FACES),
                "p99": quantile(0.99, "legato_cancel_seconds", FACES),
            },
        ),
    ],
    "Where the time goes": [
        Chart(
            "Stages, p95",
            "Which stage before the first byte is slow?",
            "s",
            {"{{stage}}": quantile(0.95, "legato_stage_seconds", FACES, "stage")},
        ),
        Chart(
            "Stages, mean",
            "What does each stage add? The stages add up to the time to first byte.",
            "s",
            {
                "{{stage}}": share(
                    rate("legato_stage_seconds_sum", FACES, "stage"),
                    f"ignoring (stage) group_left () {rate('legato_ttfb_seconds_count', FACES)}",
                )
            },
        ),
        Chart(
            "First byte by provider, p95",
            "Which provider is slow?",
            "s",
            {"{{provider}}": quantile(0.95, "legato_ttfb_speakable_seconds", FIRST, "provider")},
        ),
        Chart(
            "First byte by voice, p95",
            "Which voice is slow?",
            "s",
            {"{{voice}}": quantile(0.95, "legato_ttfb_speakable_seconds", FIRST, "voice")},
        ),
        Chart(
            "Segments, p95",
            "How long does a voice take for a segment?",
            "s",
            {"{{provider}}": quantile(0.95, "legato_segment_seconds", "", "provider")},
        ),
        Chart(
            "Time to first byte, p95",
            "How long does it take from the first text, including the wait for more text?",
            "s",
            {"p95": quantile(0.95, "legato_ttfb_seconds", FIRST)},
        ),
    ],
    "Traffic": [
        Chart(
            "Open streams",
            "How many clients are connected?",
            "short",
            {"{{face}}": f"sum by (face) (legato_streams_open{{{FACES}}})"},
        ),
        Chart(
            "Streams opened and closed",
            "How often do clients connect and leave, and why do they leave?",
            "cps",
            {
                "opened": rate("legato_streams_total", FACES),
                "closed: {{reason}}": rate("legato_streams_closed_total", "", "reason"),
            },
        ),
        Chart(
            "Utterances",
            "How many utterances end, how do they end, and how many are open?",
            "short",
            {
                "{{outcome}} per second": rate("legato_utterances_total", FACES, "outcome"),
                "open": "sum(legato_utterances_open)",
            },
        ),
        Chart(
            "Audio",
            "How many seconds of audio are sent per second?",
            "short",
            {"{{provider}}": rate("legato_audio_seconds_total", FACES, "provider")},
        ),
        Chart(
            "Characters",
            "How much text is accepted, sent to voices, spoken from the audio cache, and never heard?",
            "cps",
            {"{{kind}}": rate("legato_characters_total", FACES, "kind")},
        ),
        Chart(
            "Audio per message",
            "How large are the messages?",
            "s",
            {
                "mean": share(
                    rate("legato_audio_seconds_total", FACES), rate("legato_audio_chunks_total", FACES)
                ),
                "p95 of utterance means": quantile(0.95, "legato_chunk_seconds", FACES),
            },
        ),
    ],
    "Vendors": [
        Chart(
            "Lines",
            "How many connections are in each state, and how many utterances wait for one?",
            "short",
            {
                "{{provider}} {{state}}": "sum by (provider, state) (legato_lines)",
                "{{provider}} waiting": "sum by (provider) (legato_lines_waited_for)",
            },
        ),
        Chart(
            "Acquire, p99",
            "How long does an utterance wait for a line? The promise for a warm one is 2 ms.",
            "s",
            {
                "{{provider}} reused={{reused}}": quantile(
                    0.99, "legato_acquire_seconds", "", "provider, reused"
                )
            },
        ),
        Chart(
            "Reuse",
            "What share of leases got a warm line?",
            "percentunit",
            {
                "{{provider}}": share(
                    rate("legato_attempts_total", 'reused="true",reason="leased"', "provider"),
                    rate("legato_attempts_total", 'reason="leased"', "provider"),
                )
            },
        ),
        Chart(
            "Breakers",
            "Which routes are shut? 0 admitting, 1 probing, 2 shut.",
            "short",
            {"{{route}}": "max by (route) (legato_breaker_state)"},
        ),
        Chart(
            "Failed attempts",
            "Which provider fails, and how?",
            "cps",
            {
                "{{provider}}: {{outcome}}": rate(
                    "legato_attempts_ended_total", 'outcome!~"finished|stopped|let_go"', "provider, outcome"
                ),
                "{{provider}}: refused, {{reason}}": rate(
                    "legato_attempts_total", 'reason!~"leased|cached"', "provider, reason"
                ),
                "{{route}}: shut": rate("legato_breaker_shut_total", "", "route"),
            },
        ),
        Chart(
            "Dials, losses, timeouts",
            "How long do dials take, how many connections are lost, and what times out?",
            "short",
            {
                "{{provider}} dial p95, s": quantile(0.95, "legato_dial_seconds", "", "provider"),
                "{{provider}} lost per second: {{reason}}": rate(
                    "legato_lines_lost_total", "", "provider, reason"
                ),
                "{{route}} timed out: {{awaited}}": rate("legato_runs_timed_out_total", "", "route, awaited"),
            },
        ),
        Chart(
            "Splices",
            "How often does another line take over in mid-utterance, with what gap, and how many words are repeated?",
            "short",
            {
                "{{from_provider}} to {{to_provider}}": rate(
                    "legato_splices_total", "", "from_provider, to_provider"
                ),
                "gap p95, s, by {{method}}": quantile(0.95, "legato_splice_gap_seconds", "", "method"),
                "words repeated": rate("legato_repeated_words_total"),
            },
        ),
        Chart(
            "Hedges",
            "How often is a slow provider hedged, who wins, and what does it cost?",
            "short",
            {
                "{{provider}} hedged by {{rival}}, overtaken={{overtaken}}": rate(
                    "legato_hedges_total", "", "provider, rival, overtaken"
                ),
                "characters for {{rival}}": rate("legato_hedge_characters_total", "", "rival"),
            },
        ),
        Chart(
            "Leased lines",
            "How many lines are in use, on average?",
            "short",
            {"{{provider}}": rate("legato_lease_seconds_total", "", "provider")},
        ),
        Chart(
            "Local voices",
            "How many runs do they have, and is their process restarted? Runs beyond the number of cores wait.",
            "short",
            {
                "runs": "sum(legato_local_runs)",
                "restarted": "sum(increase(legato_engine_restarts_total[$__rate_interval]))",
            },
        ),
    ],
    "Process": [
        Chart(
            "Loop lag",
            "How late is the event loop?",
            "s",
            {f"p{round(q * 100)}": quantile(q, "legato_loop_lag_seconds") for q in (0.5, 0.99)},
        ),
        Chart("Memory", "Does memory grow?", "bytes", {"resident": "sum(process_resident_memory_bytes)"}),
        Chart(
            "Open files",
            "Does their number grow faster than the number of streams?",
            "short",
            {"open": "sum(process_open_fds)"},
        ),
        Chart("CPU", "How many cores are in use?", "short", {"cores": rate("process_cpu_seconds_total")}),
        Chart(
            "Workers",
            "Are all workers running? Does one keep restarting?",
            "short",
            {
                "running": "sum(legato_workers)",
                "worker {{worker}} restarted": f"sum by (worker) ({increase('legato_worker_restarts_total')})",
            },
        ),
        Chart(
            "Bugs",
            "Which assertions failed, which exceptions occurred, and where?",
            "short",
            {"{{kind}} at {{where}}": f"sum by (kind, where) ({increase('legato_bugs_total')})"},
        ),
        Chart(
            "Spans",
            "Does the receiver accept the spans?",
            "cps",
            {"{{outcome}}": rate("legato_spans_total", "", "outcome")},
        ),
        Chart(
            "Lost log lines, late messages",
            "Are log lines dropped? Do clients send messages for utterances that they have cancelled?",
            "cps",
            {
                "log lines dropped": rate("legato_log_lines_dropped_total"),
                "late messages": rate("legato_late_messages_total"),
            },
        ),
        Chart(
            "Caches",
            "What share of lookups was found in the cache?",
            "percentunit",
            {
                "{{cache}}": share(
                    rate("legato_cache_lookups_total", 'outcome="hit"', "cache"),
                    rate("legato_cache_lookups_total", "", "cache"),
                )
            },
        ),
        Chart(
            "Kept audio",
            "How much audio does the audio cache keep?",
            "bytes",
            {"{{instance}}": "sum by (instance) (legato_cache_audio_bytes)"},
        ),
        Chart(
            "Garbage collections",
            "How often does the collector run, by generation? Generation 2 takes longest.",
            "cps",
            {"generation {{generation}}": rate("python_gc_collections_total", "", "generation")},
        ),
        Chart(
            "Certificate",
            "What share of its lifetime is left? It is usually renewed when a third is left.",
            "percentunit",
            {
                "{{instance}}": "min by (instance) ((legato_certificate_not_after_timestamp_seconds - time()) / "
                "(legato_certificate_not_after_timestamp_seconds - legato_certificate_not_before_timestamp_seconds))"
            },
        ),
        Chart(
            "Gateways",
            "How many gateways are up, and of which version?",
            "short",
            {"{{version}}": "count by (version) (legato_build_info)"},
        ),
    ],
}


def panel(chart: Chart, at: GridPos) -> timeseries.Panel:
    """Return a chart as a panel at a place on the grid."""
    made = (
        timeseries.Panel()
        .title(chart.title)
        .description(chart.asks)
        .unit(chart.unit)
        .datasource(SOURCE)
        .min(0)
        .show_points(VisibilityMode.NEVER)
        .fill_opacity(8)
        .grid_pos(at)
    )
    for number, (legend, expression) in enumerate(chart.draws.items()):
        made = made.with_target(
            prometheus.Dataquery()
            .ref_id(chr(ord("A") + number))
            .expr(expression)
            .legend_format(legend)
            .exemplar(exemplar="seconds_bucket" in expression)
        )
    return made


def build() -> Dashboard:
    """Build the dashboard."""
    made = (
        Dashboard("Legato")
        .uid("legato")
        .description("What callers hear, where the time goes, the traffic, and the state of the vendors.")
        .tags(["legato"])
        .refresh("30s")
        .time("now-1h", "now")
        .readonly()
        .with_variable(DatasourceVariable("source").label("Prometheus").type("prometheus"))
        .with_variable(
            QueryVariable("face")
            .label("Face")
            .datasource(SOURCE)
            .query("label_values(legato_streams_total, face)")
            .multi(multi=True)
            .include_all(include_all=True)
            .all_value(".*")
        )
    )
    top = number = 0
    for title, charts in ROWS.items():
        made = made.with_row(Row(title).grid_pos(GridPos(x=0, y=top, w=24, h=1)))
        top += 1
        for index, chart in enumerate(charts):
            number += 1
            place = GridPos(x=WIDTH * (index % ACROSS), y=top + HEIGHT * (index // ACROSS), w=WIDTH, h=HEIGHT)
            made = made.with_panel(panel(chart, place).id(number))
        top += HEIGHT * -(-len(charts) // ACROSS)
    return made


def written() -> str:
    """Return the dashboard as Grafana reads it."""
    return JSONEncoder(sort_keys=True, indent=1).encode(build().build()) + "\n"


def main(arguments: list[str]) -> int:
    """Run the command; return its exit status."""
    path = HERE / "legato.json"
    if arguments == ["--check"]:
        if path.is_file() and path.read_text(encoding="utf-8") == written():
            return 0
        sys.stderr.write(f"{path.name} is out of date: run python deploy/monitoring/dashboards.py\n")
        return 1
    path.write_text(written(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
