"""Made-up accounts of what the generators heard."""

from loadtest.gateways import Together
from loadtest.listeners import Heard, Load

HALF = Load("workers", 100, chunk_ms=40, pace=1)
WINDOW_S = 10.0


def heard(cpu_s=4.0, *, spoken=100, failed=0, foreign_s=0.5, ttfb_ms=2.0):
    """Return one generator's account: it counts the whole gateway, and of the ends the vendor and itself."""
    times = {"n": spoken, "p50": ttfb_ms, "p95": 2 * ttfb_ms, "p99": 3 * ttfb_ms}
    told = {
        "ttfb_ms": times,
        "transit_ms": times,
        "spoken": spoken,
        "failed": failed,
        "lost_streams": 0,
        "audio_s": 3.0 * spoken,
        "cpu_s": 0.5,
    }
    ends_s, other_generator_s = 1.5, 0.5
    return Heard(told, WINDOW_S, cpu_s, ends_s, cpu_s + ends_s + other_generator_s + foreign_s, 150.0)


def together(*each, **said):
    """Return what two generators heard at the same time."""
    return Together(HALF, each or (heard(**said), heard(**said)))
