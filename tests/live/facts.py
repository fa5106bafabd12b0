"""Facts that sources leave open, and what a recording says about them: True, False, or None if it was not seen."""


def _first(recording, kind):
    kinds = [frame.get("type") for way, frame in recording.frames if way == "in" and isinstance(frame, dict)]
    return kinds.index(kind) if kind in kinds else None


def _flushed_before_metadata(recording):
    flushed, ended = _first(recording, "Flushed"), _first(recording, "SpeechMetadata")
    return None if flushed is None or ended is None else flushed < ended


def _ids(name):
    def seen(recording):
        frames = [frame for way, frame in recording.frames if way == "in" and isinstance(frame, dict)]
        spoken = [frame for frame in frames if "audio" in frame]
        return any(name in frame for frame in spoken) if spoken else None

    return seen


def _times_by_message(recording):
    starts = []
    for way, frame in recording.frames:
        alignment = frame.get("alignment") if way == "in" and isinstance(frame, dict) else None
        times = alignment.get("charStartTimesMs") if isinstance(alignment, dict) else None
        if times:
            starts.append(times[0])
    return all(start < starts[0] + 100 for start in starts[1:]) if len(starts) > 1 else None


def _seen(kind):
    return lambda recording: _first(recording, kind) is not None


def _ends_well(recording):
    codes = [frame["call_ended"] for _, frame in recording.frames if "call_ended" in frame]
    return codes[-1] == "OK" if codes else None


FACTS = {
    "deepgram": {"every flush is answered by Flushed": _seen("Flushed")},
    "deepgram_v2": {
        "Flushed comes before SpeechMetadata": _flushed_before_metadata,
        "a turn ends with SpeechMetadata": _seen("SpeechMetadata"),
    },
    "elevenlabs": {
        "messages name the context as contextId": _ids("contextId"),
        "messages name the context as context_id": _ids("context_id"),
        "times count from the message, not from the context": _times_by_message,
    },
    "cartesia": {
        "flushes are answered by flush_done": _seen("flush_done"),
        "words have times": _seen("timestamps"),
    },
    "google": {"a half-close ends the call successfully": _ends_well},
    "riva": {"a half-close ends the call successfully": _ends_well},
}


def verdicts(vendor, recording):
    """Return each open fact of the vendor, with what was seen of it."""
    words = {True: "confirmed", False: "refuted", None: "not seen"}
    return {fact: words[ask(recording)] for fact, ask in FACTS.get(vendor, {}).items()}
