"""LiveKit's access tokens: JSON Web Tokens that a client signs with its API secret, and that end after minutes.

Rules:
- HS256 is the only algorithm, whatever a token says about itself: `none` and the algorithms with public keys open nothing.
- `iss`, the API key, says whose secret it was signed with. Nothing else in it counts before the signature is right.
- A token must end (`exp`) and grant `inference.perform`. The tokens for rooms, which applications hand to their users, are signed with
  the same secret: they open nothing here.
- The clocks of two machines may differ by a minute.
"""

import base64
import hmac
import json
import math
import time
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import Principal

_LEEWAY_S = 60.0
_MOST_CHARS = 8_192
_CLOCKS = "check that the clocks of both machines agree"


class LiveKitTokens:
    """Knows the holders of API keys.

    Args:
        holders: the secret and the owner of each API key.
        wall_ns: wall clock, nanoseconds since 1970.
    """

    def __init__(
        self, holders: Mapping[str, tuple[str, Principal]], wall_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self._holders = {key: (secret.encode(), owner) for key, (secret, owner) in holders.items()}
        self._wall_ns = wall_ns

    def __len__(self) -> int:
        return len(self._holders)

    def principal(self, token: str) -> Principal | None:
        """Return whose token this is; `None` if it is no token at all.

        Raises:
            SpeechError: `unauthenticated` for a token that is not valid, `forbidden` for one that grants something else.
        """
        head, claims, signature = _parts(token)
        if head is None:
            return None
        if head.get("alg") != "HS256" or "crit" in head:
            _refuse("expected a token that is signed with HS256, without critical extensions")
        issuer = None if claims is None else claims.get("iss")
        if claims is None or not isinstance(issuer, str) or issuer not in self._holders:
            _refuse("the token's issuer (iss) is none of the API keys in keys.NAME.livekit")
        secret, owner = self._holders[issuer]
        signed = token.rpartition(".")[0].encode()
        if not hmac.compare_digest(hmac.digest(secret, signed, "sha256"), signature):
            _refuse("the token was not signed with the secret of its API key")
        self._check(claims)
        return owner

    def _check(self, claims: Mapping[str, Any]) -> None:
        now_s = self._wall_ns() / 1e9
        ends_s, begins_s = _seconds(claims.get("exp")), _seconds(claims.get("nbf", 0))
        if ends_s is None or begins_s is None:
            _refuse(
                "expected a token with its end (exp), and with its beginning (nbf) if there is one, in seconds"
            )
        if now_s >= ends_s + _LEEWAY_S:
            _refuse(f"the token has expired; {_CLOCKS}")
        if now_s < begins_s - _LEEWAY_S:
            _refuse(f"the token is not valid yet; {_CLOCKS}")
        granted = claims.get("inference")
        if not isinstance(granted, dict) or granted.get("perform") is not True:
            raise SpeechError(Reason.FORBIDDEN, "expected a token that grants inference.perform")


def _refuse(why: str) -> NoReturn:
    raise SpeechError(Reason.UNAUTHENTICATED, why)


def _parts(token: str) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None, bytes]:
    """Return head, claims and signature; without a head it is no token."""
    parts = token.split(".") if len(token) <= _MOST_CHARS else []
    if len(parts) != 3:
        return None, None, b""
    head, claims, signature = map(_decoded, parts)
    return _object(head), _object(claims), signature


def _decoded(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""


def _object(data: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _seconds(value: object) -> float | None:
    """Return a time; `None` for anything but a number, and for infinity and NaN, after which no clock ever is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) else None
