"""Bearer keys, known only by their SHA-256: what is stored cannot be used to get in.

A key is long and random, so one plain hash is enough and costs a microsecond; a slow hash would be an open door for floods.
The look-up is by digest: its time reveals something about digests only, and nobody can choose the prefix of a digest.
"""

import hashlib
from collections.abc import Mapping

from gateway.store.tokens import LiveKitTokens
from legato.domain.speech import Principal

_NO_TOKENS = LiveKitTokens({})


class KeyStore:
    """Implements `reception.Store`.

    Args:
        principals: the owner of each key, by the key's SHA-256 in lower-case hex.
        tokens: the owners of LiveKit API keys, whose clients send a token in place of a key.
    """

    def __init__(self, principals: Mapping[str, Principal], tokens: LiveKitTokens = _NO_TOKENS) -> None:
        self._principals = {bytes.fromhex(digest): principal for digest, principal in principals.items()}
        self._tokens = tokens

    def __len__(self) -> int:
        return len(self._principals) + len(self._tokens)

    def principal(self, key: str) -> Principal | None:
        """Return whose key or token this is; `None` for an unknown key, and for the empty one.

        Raises:
            SpeechError: a token that is not valid; the message says why.
        """
        if not key:
            return None
        known = self._principals.get(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest())
        return known or (self._tokens.principal(key) if self._tokens else None)
