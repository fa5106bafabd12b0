"""Made-up runs of the relay benchmark."""

from dataclasses import replace

from loadtest.listeners import Heard
from loadtest.relay_extras import IDLE_STREAM_KB, idle_cores
from loadtest.relay_loads import CANCELLED, CONVERSATIONS, FULL_HOUSE, W1, W2
from loadtest.relay_runs import Runs

COSTS = {"nginx": 0.5, "Envoy": 1.0, "Legato": 0.7, "Envoy gRPC": 1.5, "Legato gRPC": 3.0}
"""CPU-seconds for 1,000 seconds of audio."""


def heard(load, cost=0.0, ttfb_ms=0.25, *, spoken=1.0, ends_s=0.5, foreign_s=0.1, failed=0, rss_mb=20.0):
    """Return one run, in which the share `spoken` of the utterances was heard whole."""
    times = {"n": load.utterances, "p50": ttfb_ms, "p95": 2 * ttfb_ms, "p99": 3 * ttfb_ms}
    audio_s = spoken * load.utterances * load.audio_ms / 1000
    told = {
        "ttfb_ms": times,
        "transit_ms": times,
        "cancel_ms": times,
        "offered": load.utterances,
        "spoken": int(spoken * load.utterances),
        "failed": failed,
        "lost_streams": 0,
        "underruns": 0,
        "gap_ms": 0.0,
        "messages": int(25 * audio_s),
        "audio_s": audio_s,
    }
    window_s = load.period_ms * load.periods / 1000
    cpu_s = cost * audio_s / 1000
    return Heard(told, window_s, cpu_s, ends_s, cpu_s + ends_s + foreign_s, rss_mb)


def made(file=None, rounds=2):
    """Return a whole benchmark: Legato's core is full at 1,000 streams, that of the ends at 1,000 of W2, and gRPC was noisy at 300."""
    runs = Runs(file, {"cpu": "one that is not there", "cores": 2})
    runs.figure(IDLE_STREAM_KB, 22.0)
    for name in COSTS:
        runs.figure(idle_cores(name), 0.0)
    for _ in range(rounds):
        for workload in (W1, W2):
            for streams in (10, 100, 300, 500, 1_000):
                _everybody(runs, replace(workload, streams=streams))
    for load in (CANCELLED, FULL_HOUSE, CONVERSATIONS):
        runs.heard(load, "nginx", heard(load, 0.5, 2.0))
        runs.heard(load, "Legato", heard(load, 0.7, 4.0, rss_mb=300.0))
    return runs


def _everybody(runs, load):
    ends_s = 2.8 if (load.name, load.streams) == ("W2", 1_000) else 0.5
    for direct in ("direct", "direct gRPC"):
        runs.heard(load, direct, heard(load, ends_s=ends_s))
    for name, cost in COSTS.items():
        full = load.streams == 1_000 and name.startswith("Legato")
        noise_s = 2.0 if load.streams == 300 and name.endswith("gRPC") else 0.1
        spoken = 0.5 if full else 1.0
        runs.heard(
            load,
            name,
            heard(load, 7.7 if full else cost, 0.25 + cost, spoken=spoken, ends_s=ends_s, foreign_s=noise_s),
        )
