"""A latency receipt for people, as a waterfall, and for programs, as JSON."""

from collections.abc import Iterator

from legato.domain.receipt import Receipt

_BAR_CHARS = 40
_BLOCKS = " ▏▎▍▌▋▊▉█"


def waterfall(receipt: Receipt, client_ttfb_s: float | None) -> str:
    """Render one line per stage, each bar where the stage lies on the way to the first byte; then what else is known.

    Args:
        receipt: the gateway's receipt.
        client_ttfb_s: time to first byte as the client measured it, network included; `None` if it is not known.
    """
    return "\n".join([*_stages(receipt), *_totals(receipt, client_ttfb_s)])


def _stages(receipt: Receipt) -> Iterator[str]:
    total_s = sum(seconds for _, seconds in receipt.stages)
    before_s = 0.0
    for stage, seconds in receipt.stages:
        bar = _bar(before_s, seconds, total_s)
        yield f"{stage.value.replace('_', ' '):<10} {seconds * 1000:9.2f} ms |{bar:<{_BAR_CHARS}}|"
        before_s += seconds


def _bar(before_s: float, seconds: float, total_s: float) -> str:
    if total_s <= 0:
        return ""
    start = int(before_s / total_s * _BAR_CHARS)
    eighths = round(seconds / total_s * _BAR_CHARS * 8)
    whole, part = divmod(min(eighths, (_BAR_CHARS - start) * 8), 8)
    return " " * start + "█" * whole + _BLOCKS[part].strip()


def _totals(receipt: Receipt, client_ttfb_s: float | None) -> Iterator[str]:
    seen = "" if client_ttfb_s is None else f"   (here: {client_ttfb_s * 1000:.2f} ms)"
    if receipt.ttfb_s is None:
        yield f"no audio: {receipt.no_audio or 'unknown'}"
    else:
        yield f"{'ttfb':<10} {receipt.ttfb_s * 1000:9.2f} ms{seen}"
    if receipt.ttfb_speakable_s is not None:
        yield f"{'speakable':<10} {receipt.ttfb_speakable_s * 1000:9.2f} ms   from the first speakable text"
    yield (
        f"{'audio':<10} {_audio_s(receipt) * 1000:9.0f} ms   in {receipt.chunks} chunks at {receipt.sample_rate_hz} Hz"
    )
    line = "a warm line" if receipt.line_reused else "a new line"
    yield f"{'route':<10} {receipt.route or 'none'}, {line}, {_attempts(receipt)}"
    cached = f"{receipt.cached_chars} from the audio cache, " if receipt.cached_chars else ""
    yield (
        f"{'text':<10} {receipt.accepted_chars} characters accepted, {receipt.sent_chars} sent to the voice, "
        f"{cached}{receipt.unheard_chars} unheard"
    )


def _attempts(receipt: Receipt) -> str:
    """How many lines were asked for. What begins like a recording takes one more, which is no sign of trouble."""
    both = receipt.cached_chars and receipt.sent_chars and receipt.attempts > 1
    return f"attempts: {receipt.attempts}{', one of them the audio cache' if both else ''}"


def as_json(receipt: Receipt, client_ttfb_s: float | None) -> dict[str, object]:
    """Return the receipt in milliseconds; what is not known is null."""
    return {
        "ttfb_ms": _ms(receipt.ttfb_s),
        "client_ttfb_ms": _ms(client_ttfb_s),
        "ttfb_speakable_ms": _ms(receipt.ttfb_speakable_s),
        "ttfa_ms": _ms(receipt.ttfa_s),
        "stages": {stage.value: _ms(seconds) for stage, seconds in receipt.stages},
        "no_audio": receipt.no_audio,
        "audio_ms": round(_audio_s(receipt) * 1000, 3),
        "sample_rate": receipt.sample_rate_hz,
        "samples": receipt.audio_samples,
        "chunks": receipt.chunks,
        "route": receipt.route,
        "attempts": receipt.attempts,
        "line_reused": receipt.line_reused,
        "queued": receipt.queued,
        "accepted_chars": receipt.accepted_chars,
        "sent_chars": receipt.sent_chars,
        "cached_chars": receipt.cached_chars,
        "unheard_chars": receipt.unheard_chars,
        "repeated_words": receipt.repeated_words,
        "total_ms": _ms(receipt.total_s),
    }


def _audio_s(receipt: Receipt) -> float:
    return receipt.audio_samples / receipt.sample_rate_hz if receipt.sample_rate_hz else 0.0


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)
