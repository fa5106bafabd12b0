"""What the gateway costs as a relay does not double unnoticed: beside nginx, in the same run, with the same vendor and listeners."""

import os
import statistics
from dataclasses import replace

import pytest

from loadtest.contenders import everybody, missing_tools
from loadtest.listeners import listen
from loadtest.relay import W2
from tests.loadtest.kept import keep

pytestmark = [pytest.mark.e2e, pytest.mark.alone]

USUAL = 2.5
"""Times the CPU that nginx takes for the same audio, 20 streams at a vendor that sends four times as fast as it sounds."""
MOST = 2 * USUAL
"""Rounds on a busy machine gave 2.2 to 2.9 times, and with a thread in the gateway that doubled its work 4.3 to 5.5. On a quiet one
nginx takes half as much: rounds gave 3.5 to 4.9 times; with twice the work it would be 7 or more."""
ROUNDS = 2
MOST_ROUNDS = 5
"""So many where the first are not below: what others did to one of them is outvoted, what the gateway does is not."""
LOAD = replace(W2, streams=20, audio_ms=1_500, period_ms=1_500, periods=2)


def cost(heard):
    assert heard.told["failed"] + heard.told["lost_streams"] == 0
    assert heard.told["spoken"] > LOAD.utterances / 2, "a busy machine offers less, but not this little"
    return heard.cpu_s / heard.audio_s


def ratio(field):
    """Times what nginx takes, one behind the other."""
    nginx = cost(listen(field, field.of("nginx"), LOAD))
    return cost(listen(field, field.of("Legato"), LOAD)) / nginx


def test_the_whole_gateway_costs_no_more_than_a_few_times_what_nginx_does():
    assert not missing_tools(), "make native installs and builds them"
    cores = sorted(os.sched_getaffinity(0))
    ends, core = str(cores[0]), str(cores[-1])
    with everybody(ends, core, warm_lines=LOAD.streams) as field:
        ratios = [ratio(field) for _ in range(ROUNDS)]
        while statistics.median(ratios) >= MOST and len(ratios) < MOST_ROUNDS:
            ratios.append(ratio(field))
    found = statistics.median(ratios)
    keep("the whole gateway beside nginx", found, USUAL, MOST)
    assert found < MOST, ratios
