"""Bugs told to Sentry, or to what speaks its language, grouped by place and kind. Needs the extra `[sentry]`.

Nothing is collected from the surroundings: no message of an exception, no variable, no request, no breadcrumb. What leaves is the kind
of the exception, the place in our code, and what `KEPT` lists.
"""

from typing import Any

from gateway.telemetry.correlation import Context
from legato.domain.facts import BugFound, Fact

try:
    import sentry_sdk
    from sentry_sdk.transport import Transport
except ImportError:  # the extra is not installed: `ErrorReports` says so when it is asked for
    sentry_sdk = None  # type: ignore[assignment]
    Transport = Any  # type: ignore[assignment,misc]

KEPT = frozenset(
    {"event_id", "exception", "fingerprint", "level", "logger", "platform", "release", "sdk", "timestamp"}
)
_STOP_S = 2.0


class CannotReportError(Exception):
    """The client is not installed, or the address is none; the message says which, and not the address."""


class ErrorReports:
    """A sink of facts that tells bugs.

    Args:
        dsn: where to; a secret.
        version: of the gateway.
        transport: in place of HTTP, for tests.

    Raises:
        CannotReportError: it cannot be done.
    """

    def __init__(self, dsn: str, version: str, transport: type[Transport] | None = None) -> None:
        _check(dsn)
        self._client = sentry_sdk.Client(
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
        """One fact; all but bugs are passed over. The client hands it to a thread and drops what is too much."""
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
        """Tell what waits, for two seconds at most."""
        self._client.close(timeout=_STOP_S)


def unusable(dsn: str) -> str:
    """Why bugs cannot be told there, without the address, which holds a key; empty where they can."""
    try:
        _check(dsn)
    except CannotReportError as error:
        return str(error)
    return ""


def _check(dsn: str) -> None:
    if sentry_sdk is None:
        raise CannotReportError("sentry-sdk is not installed: pip install 'legato[sentry]'")
    try:
        sentry_sdk.utils.Dsn(dsn)
    except ValueError:  # its text quotes the address, and the address holds a key
        raise CannotReportError("this is no DSN: expected https://KEY@HOST/PROJECT") from None


def bare(event: Any, hint: Any) -> Any:  # noqa: ANN401 - Sentry's own shapes
    """The event with nothing in it but what `KEPT` lists."""
    del hint
    return {name: value for name, value in event.items() if name in KEPT}
