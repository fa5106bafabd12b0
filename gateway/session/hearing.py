"""What comes from a session's lines: audio goes into the pipes of their utterances, everything else to the core.

Audio that would only wait is gathered, as far as the core has allowed (`effects.Gather`), and reported at once. Anything else that
happens in the stream is reported after it.
"""

from collections.abc import Callable, Sequence

from gateway.session.leases import Leased, Leases
from gateway.session.speaker import Speaker
from legato.audio.pipe import Pipe
from legato.domain import effects, events
from legato.domain.errors import Reason
from legato.domain.events import Event, VendorEvent
from legato.domain.receipt import Stage
from legato.ports import Line

_BYTES_PER_SAMPLE = 2
_ENDS = (events.Marker, events.Finished)
_BREAKS = (events.Failed, events.Lost)


class Hearing:
    """Implements `ports.LineListener`.

    Args:
        leases: the stream's leases.
        speakers: the session's speakers, by utterance.
        tell: takes events for the core.
        stamp: takes stages of the receipt, with the utterance's id.
        pass_on: lets the core count the samples that wait, given their number, without an event, and writes what may leave of them;
            returns whether it did: otherwise they are to be reported.
    """

    __slots__ = (
        "_allowed",
        "_gathered",
        "_leased",
        "_leases",
        "_pass_on",
        "_speakers",
        "_stamp",
        "_tell",
        "may_gather",
    )

    def __init__(
        self,
        leases: Leases,
        speakers: dict[str, Speaker],
        tell: Callable[[Event], None],
        stamp: Callable[[str, Stage], None],
        pass_on: Callable[[Leased, Speaker, int], bool],
    ) -> None:
        self._leases = leases
        self._leased = leases.by_line
        self._speakers = speakers
        self._tell = tell
        self._stamp = stamp
        self._pass_on = pass_on
        self._gathered: list[Leased] = []
        self._allowed: list[Leased] = []
        self.may_gather = True
        """Whether the core is idle; what comes while it decides is reported at once, in order."""

    @property
    def waits(self) -> bool:
        """Whether audio has been gathered but not reported, or may have been."""
        return bool(self._gathered or self._allowed)

    def heard(self, line: Line, event: VendorEvent) -> None:
        """One event of a leased line."""
        leased = self._leased.get(line.line_id)
        if leased is None:
            return
        if not isinstance(event, events.Audio):
            self._take_news(leased, event)
            return
        data = event.data
        if leased.room and self.may_gather:
            if not leased.gathered:
                self._gathered.append(leased)
            leased.gathered.append(data)
            leased.room -= len(data)
            if leased.room <= 0:
                self.report_gathered()
        else:
            self._take_audio(leased, data)

    def close(self) -> None:
        """The stream is over: what still comes is reported to nobody."""
        self._tell = self._stamp = _nobody
        self._pass_on = _never

    def gather(self, effect: effects.Gather, rate_hz: int) -> None:
        """Allow audio to be gathered.

        Args:
            effect: for which lease, and how much.
            rate_hz: sample rate in which it counts.
        """
        leased = self._leases.of(effect.lease)
        if leased is not None:
            self.allow(leased, effect.samples, rate_hz)

    def allow(self, leased: Leased, samples: int, rate_hz: int) -> None:
        """Allow this many samples, at this rate, of a lease's audio to be gathered."""
        if leased.line is not None:
            leased.room = samples * leased.line.sample_rate_hz // rate_hz * _BYTES_PER_SAMPLE
            self._allowed.append(leased)
            if leased.gatherer is not None:
                leased.gatherer.gather(leased.room)

    def report_gathered(self) -> None:
        """Report what was gathered, here and by the lines."""
        if self._allowed:
            self._recall()
        gathered, self._gathered = self._gathered, []
        for leased in gathered:
            data = b"".join(leased.gathered)
            leased.gathered.clear()
            leased.room = 0
            self._take_audio(leased, data)

    def _recall(self) -> None:
        allowed, self._allowed = self._allowed, []
        for leased in allowed:
            if leased.gatherer is not None and leased.room > 0:  # otherwise the line has used it up
                leased.gatherer.gather(0)
            leased.room = 0

    def _take_audio(self, leased: Leased, data: bytes) -> None:
        speaker = self._speakers.get(leased.utterance_id)
        if speaker is None or leased.line is None:
            return
        if not leased.audio_seen:
            leased.audio_seen = True
            speaker.begin_run(leased.line.sample_rate_hz, keeps_context=leased.line.keeps_context)
            self._stamp(leased.utterance_id, Stage.VENDOR)
        pipe = speaker.pipe
        begins = -1
        if leased.at_segment_start:
            leased.at_segment_start = False
            pause_ms = leased.begin_segment()
            if not leased.line.keeps_context:
                pipe.begin_segment(pause_ms)
            elif pause_ms:
                pipe.rest(pause_ms)
            begins = pipe.available
        try:
            available = pipe.push(data)
        except ValueError as error:
            failed = events.Failed(Reason.VENDOR_REJECTED, f"the voice's audio cannot be used: {error}")
            self._tell(events.Heard(leased.lease, failed))
            return
        knows_shift = not leased.word_shifts.is_unknown
        may_pass = begins < 0 and knows_shift and available and not pipe.withheld
        if may_pass and self._pass_on(leased, speaker, available):
            return
        self._tell(_sampled(leased.lease, pipe, begins))
        if not knows_shift and pipe.shift_ms is not None:
            self._tell_words(leased, leased.word_shifts.resolve(pipe.shift_ms))

    def _take_news(self, leased: Leased, event: events.News) -> None:
        if self.waits:
            self.report_gathered()
        speaker = self._speakers.get(leased.utterance_id)
        if speaker is not None and isinstance(event, _ENDS):
            self._close_part(leased, speaker, run_ends=isinstance(event, events.Finished))
        if isinstance(event, events.Marker):
            leased.end_segment(event.segment)
        if isinstance(event, events.Joined):
            leased.join(event.segment)
        if speaker is not None and isinstance(event, events.Words):
            speaker.pipe.end_sketch()
        if isinstance(event, events.Words) and leased.line is not None and not leased.line.keeps_context:
            self._tell_words(leased, leased.word_shifts.apply(event.words))
        elif speaker is not None and isinstance(event, _BREAKS):
            self._tell(events.Heard(leased.lease, event, speaker.pipe.sketch()))
        else:
            self._tell(events.Heard(leased.lease, event))

    def _tell_words(self, leased: Leased, words: Sequence[events.WordTime]) -> None:
        if words:
            self._tell(events.Heard(leased.lease, events.Words(tuple(words))))

    def _close_part(self, leased: Leased, speaker: Speaker, *, run_ends: bool) -> None:
        pipe = speaker.pipe
        before = pipe.available, pipe.withheld  # as the core was told with the audio itself
        if not leased.at_segment_start and leased.line is not None and not leased.line.keeps_context:
            pipe.end_segment()
        if run_ends:
            speaker.end_run()
        leased.at_segment_start = True
        pipe.sketch_anew()
        if leased.word_shifts.is_unknown:  # it had no sound: where it would have been will do
            self._tell_words(leased, leased.word_shifts.resolve(pipe.shift_ms or 0.0))
        if (pipe.available, pipe.withheld) != before:
            self._tell(_sampled(leased.lease, pipe))


def _nobody(*_: object) -> None:
    """Take what is reported once the stream is over."""


def _never(*_: object) -> bool:
    return False


def _sampled(lease: int, pipe: Pipe, begins: int = -1) -> events.Sampled:
    return events.Sampled(lease, pipe.available, pipe.audible_at, begins, pipe.withheld)
