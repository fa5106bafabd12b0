"""The certificate of the listeners, and its renewal: files that have changed are used for new connections, without a restart.

Certificates last for weeks (certbot, cert-manager), conversations are not to be cut for a new one. A pair that cannot be used, as when only
one of the two files has been replaced so far, changes nothing: the one before it stays.
"""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial

from gateway.app.certificate_dates import Dates, dates
from gateway.app.config.sections import Tls
from gateway.telemetry.logs import logger

LOOK_S = 10.0
"""How often to look whether the files have changed."""
_MISSED = 2
"""After how many looks in a row a file that cannot be read is not just being replaced."""


def tls_context(tls: Tls, protocol: str) -> ssl.SSLContext | None:
    """Return the TLS context of a listener; `None` without a certificate.

    Args:
        tls: the files.
        protocol: the protocol to agree on (ALPN).

    Raises:
        OSError: a file cannot be read.
        ssl.SSLError: they do not belong together, or are not PEM.
    """
    if tls.certificate is None or tls.key is None:
        return None
    context = server_context()
    try:
        context.load_cert_chain(tls.certificate, tls.key, password=_no_phrase)
    except ssl.SSLError as error:
        if error.reason is None:  # the library itself says only "PEM lib"
            raise _refusal(
                f"expected PEM: {tls.certificate} has no certificate, or {tls.key} no private key"
            ) from None
        raise
    except _EncryptedError:
        raise _refusal(f"{tls.key} is encrypted: expected a key without a pass phrase") from None
    context.set_alpn_protocols([protocol])
    return context


def server_context() -> ssl.SSLContext:
    """Make the TLS context of a server, without a certificate.

    It sends no session tickets. They come just after the handshake, and OpenSSL loses what a client writes in one thread while another one
    reads them, as the Python clients of some vendors do. A resumed session would save our signature alone, no round trip.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.num_tickets = 0
    return context


class Renewal:
    """Watches the files of a certificate.

    Args:
        tls: the files.
        served: the contexts that listeners use, by protocol. They go on to be used, and give each new connection the newest certificate.
        now_s: returns the time in seconds since 1970.
    """

    def __init__(
        self,
        tls: Tls,
        served: Mapping[str, ssl.SSLContext | None],
        now_s: Callable[[], float] = time.time,  # noqa: TID251 - certificates are dated by the wall clock
    ) -> None:
        self._tls = tls
        self._now_s = now_s
        self._log = logger("legato.serve")
        self._served = {protocol: context for protocol, context in served.items() if context is not None}
        self._missed = 0
        """How many looks in a row have found a file that cannot be read."""
        self._known = self._read()
        self.dates: Dates | None = None
        """When the certificate that new connections get is valid; `None` without one."""
        self._note_dates()

    async def watch(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look at intervals, until cancelled; return at once without a certificate."""
        while self._served:
            await sleep(LOOK_S)
            # Reading a key takes longer than the loop may be held up.
            renewed = await asyncio.to_thread(self._look)
            for protocol, context in renewed.items():
                # Called for each handshake from now on, also when the client names no server.
                self._served[protocol].sni_callback = partial(_take, context)
            if renewed:
                self._log.info("the certificate has changed; new connections get the new one")
                self._note_dates()

    def _note_dates(self) -> None:
        self.dates = found = dates(self._known[0]) if self._known is not None else None
        if found is None:
            return
        now_s = self._now_s()
        if now_s >= found.not_after_s:
            self._log.warning(
                "the certificate has expired", why=f"it was valid until {_told(found.not_after_s)}"
            )
        elif now_s < found.not_before_s:
            self._log.warning(
                "the certificate is not valid yet", why=f"it is valid from {_told(found.not_before_s)}"
            )

    def _look(self) -> Mapping[str, ssl.SSLContext | None]:
        found = self._read()
        if found in (self._known, None):
            return {}
        self._known = found
        try:
            made = {protocol: tls_context(self._tls, protocol) for protocol in self._served}
        except OSError as error:  # those of TLS are among them
            self._warn(getattr(error, "reason", None) or error.strerror or str(error))
            return {}
        return made

    def _read(self) -> tuple[bytes, bytes] | None:
        """Return what the files hold; `None` if one cannot be read. That is told unless it passes, as while a file is being replaced."""
        if self._tls.certificate is None or self._tls.key is None:
            return None
        try:
            found = self._tls.certificate.read_bytes(), self._tls.key.read_bytes()
        except OSError as error:
            self._missed += 1
            if self._missed == _MISSED:
                self._warn(f"{error.filename} cannot be read: {(error.strerror or str(error)).lower()}")
            return None
        self._missed = 0
        return found

    def _warn(self, why: str) -> None:
        self._log.warning("the certificate has changed and cannot be used; the one before it stays", why=why)


def _take(
    renewed: ssl.SSLContext | None, connection: ssl.SSLObject, _: str | None, __: ssl.SSLContext
) -> None:
    if renewed is not None:
        connection.context = renewed


def _told(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _refusal(said: str) -> ssl.SSLError:
    error = ssl.SSLError(ssl.SSL_ERROR_SSL, said)
    error.reason = said  # an error made here has none
    return error


class _EncryptedError(Exception):
    """The key has a pass phrase."""


def _no_phrase() -> str:
    # Without this the library would ask at the terminal, where there may be nobody.
    raise _EncryptedError
