"""Reports bugs to Sentry, or to a server with its protocol, grouped by place and kind. Needs the extra `[sentry]`.

Nothing is collected around a bug: no message of an exception, no variable, no request, no breadcrumb. What leaves the process is the
kind of the exception, the place in our code, and what `KEPT` lists.
"""

from importlib import import_module
from typing import Any

from gateway.telemetry.correlation import Context
from legato.domain.facts import BugFound, Fact

KEPT = frozenset(
    {"event_id", "exception", "fingerprint", "level", "logger", "platform", "release", "sdk", "timestamp"}
)
_STOP_S = 2.0


class CannotReportError(Exception):
    """The client is not installed, or the address is not valid; the message says which, without the address."""


class ErrorReports:
    """A sink of facts that reports bugs.

    Args:
        dsn: where to report; a secret.
        version: version of the gateway.
        transport: a `sentry_sdk` transport used in place of HTTP, for tests.

    Raises:
        CannotReportError: bugs cannot be reported there.
    """

    def __init__(self, dsn: str, version: str, transport: type | None = None) -> None:
        self._client = _sentry_for(dsn).Client(
            dsn=dsn,
            release=f"legato@{version}",
            transport=transport,
            before_send=bare,
            default_integrations=False,
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            include_local_variables=False,
            include_source_context=False,
            send_client_reports=False,
            max_breadcrumbs=0,
            shutdown_timeout=_STOP_S,
        )

    def take(self, fact: Fact, context: Context) -> None:
        """Take a fact; all but bugs are ignored. The client sends in a thread, and drops what is too much."""
        del context
        if isinstance(fact, BugFound):
            self._client.capture_event(
                {
                    "level": "error",
                    "logger": "legato",
                    "fingerprint": [fact.where, fact.kind],
                    "exception": {"values": [{"type": fact.kind, "value": fact.where}]},
                }
            )

    def close(self) -> None:
        """Send what waits, for two seconds at most."""
        self._client.close(timeout=_STOP_S)


def unusable(dsn: str) -> str:
    """Return why bugs cannot be reported there, without the address, which holds a key; empty if they can."""
    try:
        _sentry_for(dsn)
    except CannotReportError as error:
        return str(error)
    return ""


def _sentry_for(dsn: str) -> Any:  # noqa: ANN401 - a module
    """Return the library if it takes this address."""
    try:
        sentry = import_module("sentry_sdk")  # takes 60 ms, which only a gateway with an address needs
    except ImportError:
        raise CannotReportError("sentry-sdk is not installed: pip install 'legato[sentry]'") from None
    try:
        sentry.utils.Dsn(dsn)
    except ValueError:  # its text quotes the address, and the address holds a key
        raise CannotReportError("expected a Sentry DSN: https://KEY@HOST/PROJECT") from None
    return sentry


def bare(event: Any, hint: Any) -> Any:  # noqa: ANN401 - Sentry's own shapes
    """Return the event with only what `KEPT` lists."""
    del hint
    return {name: value for name, value in event.items() if name in KEPT}
