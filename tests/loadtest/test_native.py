"""The fake vendor and the generator speak to each other, with the compiler's own checks on memory and arithmetic."""

import json
import os
import subprocess
from types import SimpleNamespace

import pytest

from loadtest.children import Child, Order, cores, free_ports
from loadtest.contenders import ROOT

pytestmark = pytest.mark.e2e
CHECKED = "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover"
ENV = {"ASAN_OPTIONS": "detect_leaks=0"}  # both keep what they have until they end


@pytest.fixture(scope="module")
def ends(tmp_path_factory):
    """The vendor, running, and the generator."""
    folder = tmp_path_factory.mktemp("native")
    command = [
        "make",
        "--silent",
        "-C",
        str(ROOT / "loadtest" / "native"),
        f"OUT={folder}",
        f"CFLAGS={CHECKED}",
    ]
    subprocess.run(command, check=True, capture_output=True, text=True)
    ports = free_ports(2)
    order = Order((str(folder / "vendor"), *map(str, ports)), ",".join(map(str, cores())), tuple(ports), ENV)
    with Child(order, folder / "vendor.log"):
        yield SimpleNamespace(
            generator=folder / "generator", ports=dict(zip(("deepgram", "grpc"), ports, strict=True))
        )
    assert (folder / "vendor.log").read_text() == ""


def heard(ends, mode, **settings):
    """What the generator reports of these streams, straight from the vendor."""
    given = [f"{name}={value}" for name, value in settings.items()]
    run = subprocess.run(
        [ends.generator, mode, str(ends.ports[mode]), *given],
        env={**os.environ, **ENV}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, "")
    begin, end, told = run.stdout.splitlines()
    assert (begin, end) == ("begin", "end")
    return json.loads(told)


@pytest.mark.parametrize("mode", ["deepgram", "grpc"])
def test_what_is_said_is_heard_and_counted(ends, mode):
    """Each utterance is 410 ms in chunks of 40: eleven messages, the last of them short, each with its time of sending."""
    told = heard(
        ends, mode, streams=5, chunk_ms=40, pace=0, audio_ms=410, period_ms=500, warm_ms=500, measure_ms=1000
    )
    spoken = told["spoken"]
    assert 0 < spoken <= 10
    assert (told["offered"], told["failed"], told["lost_streams"], told["stale_chunks"]) == (spoken, 0, 0, 0)
    assert (told["messages"], told["audio_s"]) == (11 * spoken, pytest.approx(0.41 * spoken))
    assert (told["ttfb_ms"]["n"], told["transit_ms"]["n"]) == (spoken, 11 * spoken)


def test_cancels_are_timed(ends):
    told = heard(
        ends, "deepgram",
        streams=2, chunk_ms=20, audio_ms=20_000, cancel_ms=100, period_ms=1000, warm_ms=0, measure_ms=1000,
    )  # fmt: skip
    assert told["cancel_ms"]["n"] == told["spoken"] == told["offered"] > 0
    assert told["audio_s"] < 20 * told["spoken"]


@pytest.mark.parametrize("mode", ["deepgram", "grpc"])
def test_who_waits_for_three_seconds_is_told_to_have_waited_as_long(ends, mode):
    """Times above 2.7 s were all told as 2.7 s. A bucket is 2.5 % wide, and its middle stands for it."""
    told = heard(
        ends, mode, first_ms=3000, chunk_ms=40, audio_ms=40, period_ms=3000, warm_ms=0, measure_ms=1000
    )
    times = told["ttfb_ms"]
    assert times["n"] == told["spoken"] == 1
    assert times["p50"] == times["p99"] == times["max"] > 3000 / 1.0126
