"""The whole gateway without its listeners: voices, sessions, telemetry, reception. `serve` puts it on the wire.

async with House(settings, env) as house:
    group.create_task(house.run(warm))
    house.reception.open(...)
"""

import asyncio
import itertools
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import TracebackType
from typing import Self

from opentelemetry.sdk.trace import TracerProvider

from gateway.app.config.lexicons import Lexicons
from gateway.app.config.secrets import resolve
from gateway.app.config.settings import Settings
from gateway.app.config.voices import principal_of
from gateway.app.dialects import FACES, configured
from gateway.app.directory import Directory
from gateway.app.engine_room import EngineRoom
from gateway.app.health import ProcessHealth, version
from gateway.app.lines import LinesByProvider
from gateway.app.open_files import OpenFiles
from gateway.app.reception import Reception
from gateway.app.switchboard import Switchboard
from gateway.app.text_data import languages, text_data
from gateway.app.text_preview import Preview
from gateway.app.vendor_room import Ties, VendorRoom
from gateway.servers.servers import Backstage
from gateway.session.services import SessionServices
from gateway.store.keys import KeyStore
from gateway.store.tokens import LiveKitTokens
from gateway.telemetry.correlation import Sink
from gateway.telemetry.error_reports import ErrorReports
from gateway.telemetry.log_lines import LogLines
from gateway.telemetry.logs import EventLogger, logger
from gateway.telemetry.loop_lag import watch_loop_lag
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.observer import Telemetry
from gateway.telemetry.span_export import SpanCounts
from gateway.telemetry.spans import Spans
from gateway.telemetry.tail import TailSettings
from gateway.telemetry.tracing import tracer_provider
from gateway.upstream.hedging import HedgedLines
from gateway.upstream.lines import VendorLines
from gateway.upstream.recorded_lines import RecordedLines
from gateway.upstream.seats import ConcurrencyLender
from gateway.upstream.watched_lines import WatchedLines
from legato.audio import codec
from legato.audio.resampler import prepare
from legato.domain.audio import OFFERED, Encoders
from legato.domain.facts import BugFound
from legato.domain.speech import Principal, UtteranceOptions
from legato.text.frontend import FrontEnd
from legato.text.settings import TextSettings

CLOCK = time.monotonic
_EXPORT_S = 2.0
_READINGS_KEPT = 256
"""For how many combinations of language, options, voice and tenant the text settings are kept."""


class House:
    """An asynchronous context: once it is left, the engine process has ended and spans are exported.

    Args:
        settings: the configuration.
        env: for the standard `OTEL_*` variables.
        lender: lends what a vendor's plan allows at once, if this process is one of several workers; their parent then has the
            engine process. `None` if it is alone.
        name: name of this gateway, the same for all workers; made up if it is empty.
        encodes: whether clients may ask for formats that an extra makes; loading the encoders takes 0.2 s.
    """

    def __init__(
        self,
        settings: Settings,
        env: Mapping[str, str],
        lender: ConcurrencyLender | None = None,
        name: str = "",
        *,
        encodes: bool = True,
    ) -> None:
        self.encoders = codec.installed() if encodes else Encoders()
        self.name = name or new_name()
        self._settings = settings
        watched = settings.telemetry
        tail = TailSettings(watched.trace_share, watched.trace_slow_ms)
        spans = SpanCounts()
        self._tracing = tracer_provider(version(), env, tail, spans)
        self.metrics = Metrics(version(), watched.max_label_values)
        self.metrics.own.show_spans(spans.by_outcome)
        self._reports = _reports(watched.sentry_dsn, env)
        self.observer = Telemetry(_sinks(self.metrics, self._tracing, self._reports))
        self.room = room = EngineRoom(settings, own=lender is None)
        self.metrics.own.show_engine(lambda: room.open_runs, lambda: room.restarts)
        line_ids = itertools.count(1)
        observer = self.observer
        ties = Ties(lender, observer.trace, self.name)
        self.vendors = VendorRoom(settings, env, CLOCK, observer, line_ids, ties)
        self.metrics.vendors.show_lines(self.vendors.counts, self.vendors.waited_for)
        self.metrics.expect(FACES, [*room.routes(), *self.vendors.routes()])
        self._lexicons = Lexicons(settings.lexicons)
        self._readings = lru_cache(_READINGS_KEPT)(self._text_settings)
        self.metrics.own.show_caches(self._lookups, lambda: self.recorded.kept_bytes)
        catalogue = settings.catalogue()
        lines: dict[str, VendorLines | WatchedLines] = {
            **self.vendors.lines(),
            **room.lines(line_ids, observer),
        }
        self.operations = Switchboard(lines)
        hedged = HedgedLines(LinesByProvider(lines), line_ids.__next__, CLOCK, _later, self.observer)
        recordings = settings.cache.recordings()
        self.recorded = RecordedLines(hedged, recordings, line_ids.__next__, CLOCK, _later)
        self.services = SessionServices(
            lines=self.recorded if settings.cache.audio_mb else hedged,
            observer=self.observer,
            clock=CLOCK,
            catalogue=catalogue,
            limits=settings.limits.stream(),
            front_ends=self._front_end,
            stream_ids=_stream_id,
            core=settings.audio.core(),
        )
        self.directory = Directory(catalogue, self._ready, self.encoders)
        self.preview = Preview(self._front_end, catalogue, languages())
        self._files = OpenFiles(CLOCK)
        self.reception = _reception(settings, env, self.services, self._files)
        wanted = {"engine": self.room.well} if self.room.wanted else {}
        self.health = ProcessHealth(self.directory, wanted, lambda: self.reception.open_streams, CLOCK)

    async def __aenter__(self) -> Self:
        for language in languages():  # read now, or the first stream of each language would wait for the disk
            text_data(language)
        asyncio.get_running_loop().set_exception_handler(self._lost_exception)
        await self.vendors.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.vendors.__aexit__(kind, error, trace)
        finally:
            await self.room.__aexit__(kind, error, trace)
        asyncio.get_running_loop().set_exception_handler(None)
        if self._reports is not None:
            await _last_words(self._reports.close)
        if self._tracing is not None:
            await _last_words(self._tracing.shutdown)

    def backstage(self) -> Backstage:
        """Return what any server needs. What only `serve` offers, it adds: bare TCP, and pages and the log level for operators."""
        return Backstage(
            reception=self.reception,
            health=self.health,
            directory=self.directory,
            observer=self.observer,
            metrics=self.metrics.expose,
            clock=CLOCK,
            dialects=configured(self._settings.dialects, self.encoders),
            name=self.name,
            installed=self.encoders,
        )

    async def run(self, warm: Callable[[], None]) -> None:
        """Bring the voices up and keep them up, until cancelled.

        Args:
            warm: called once, when they are warm: from then on new streams are welcome.

        Raises:
            BaseExceptionGroup: of `VoicesMissingError`, local voices are configured and not installed; or of
                `EngineFailedError`, their process did not become ready.
        """
        interval_s = self._settings.telemetry.loop_lag_interval_s
        lag = watch_loop_lag(self.metrics.observe_loop_lag, interval_s, CLOCK)
        async with asyncio.TaskGroup() as group:
            group.create_task(self.room.keep_linked(), name="engine-link")
            group.create_task(lag, name="loop-lag")
            group.create_task(self._files.watch(), name="open-files")
            vendors = group.create_task(self.vendors.warm_up(), name="vendor-floors")
            group.create_task(self.vendors.watch(), name="vendor-keys")
            await self.room.warm_up()
            await vendors
            # Otherwise the first utterance of a pair of sample rates would wait for its filter.
            given_hz = sorted(self.room.rates_hz | self.vendors.rates_hz())
            for in_hz, out in itertools.product(given_hz, OFFERED):
                prepare(in_hz, out.sample_rate_hz)
            self.health.warmed_up()
            warm()
            await self.room.watch()

    def _ready(self, provider: str) -> bool:
        return self.room.ready(provider) or self.vendors.ready(provider)

    def leave(self) -> None:
        """Report that the gateway is not ready any more, and let nobody new in."""
        self.health.leave()
        self.reception.shut()

    def _front_end(self, language: str, options: UtteranceOptions, voice: str, tenant: str) -> FrontEnd:
        return FrontEnd(text_data(language), self._readings(language, options, voice, tenant))

    def _text_settings(
        self, language: str, options: UtteranceOptions, voice: str, tenant: str
    ) -> TextSettings:
        words = self._lexicons.of(voice, tenant, language)
        return self._settings.text.of(language, options, words)

    def _lookups(self) -> Mapping[str, Mapping[str, int]]:
        seen = self._readings.cache_info()
        return {"text_settings": {"hit": seen.hits, "miss": seen.misses}, "audio": self.recorded.lookups()}

    def _lost_exception(self, _: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        # The loop's own report would quote the exception, which may quote what a user wrote.
        error = context.get("exception")
        if isinstance(error, BaseException):
            logger("legato.loop").error("exception on the loop", exc_info=error)
        # The loop's message is left out: it may quote what a callback was called with.
        self.observer.note(BugFound.of("loop", error))


def new_name() -> str:
    """Make a name for a gateway, by which it recognises texts that come back to it. It tells strangers nothing."""
    return secrets.token_hex(6)


def _sinks(metrics: Metrics, tracing: TracerProvider | None, reports: ErrorReports | None) -> list[Sink]:
    spans: list[Sink] = [Spans(tracing.get_tracer("legato", version()))] if tracing else []
    return [*spans, metrics, LogLines(EventLogger("legato")), *([reports] if reports else [])]


def _reports(dsn: str | None, env: Mapping[str, str]) -> ErrorReports | None:
    return ErrorReports(resolve(dsn, env), version()) if dsn else None


def _reception(
    settings: Settings, env: Mapping[str, str], services: SessionServices, files: OpenFiles
) -> Reception:
    limits = settings.limits
    return Reception(
        services,
        _store(settings, env),
        Principal(max_streams=limits.max_streams_per_principal),
        settings.server.origins,
        limits.max_streams,
        files.are_short,
        settings.dialects.max_lead_ms,
    )


def _store(settings: Settings, env: Mapping[str, str]) -> KeyStore | None:
    if not settings.keys:
        return None
    usual = settings.limits.max_streams_per_principal
    known = [(key, principal_of(name, key, usual)) for name, key in settings.keys.items()]
    tokens = {
        api_key: (resolve(secret, env), principal)
        for key, principal in known
        for api_key, secret in key.livekit.items()
    }
    return KeyStore(
        {digest: principal for key, principal in known for digest in key.sha256}, LiveKitTokens(tokens)
    )


def _later(after_s: float, work: Callable[[], None]) -> asyncio.TimerHandle:
    return asyncio.get_running_loop().call_later(after_s, work)


def _stream_id() -> str:
    return secrets.token_hex(8)


async def _last_words(end: Callable[[], None]) -> None:
    # A receiver that is down must not delay the end: what it has not taken by then is lost. The loop would wait for a thread of its own.
    thread = threading.Thread(target=end, name="last-words", daemon=True)
    thread.start()
    await asyncio.to_thread(thread.join, _EXPORT_S)
    if thread.is_alive():
        logger("legato").warning("some telemetry could not be sent before the end")
