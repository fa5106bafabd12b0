"""Bearer keys, known by their SHA-256 alone: what is stored cannot be used to come in.

A key is long and random, so one plain hash is enough and costs a microsecond; a slow hash here would be an open door for floods.
The lookup is by digest: its time tells about digests, of which no one can choose a prefix.
"""

import hashlib
from collections.abc import Mapping

from legato.domain.speech import Principal


class KeyStore:
    """Implements `reception.Store`.

    Args:
        principals: whose key it is, by the key's SHA-256 in lower-case hex.
    """

    def __init__(self, principals: Mapping[str, Principal]) -> None:
        self._principals = {bytes.fromhex(digest): principal for digest, principal in principals.items()}

    def __len__(self) -> int:
        return len(self._principals)

    def principal(self, key: str) -> Principal | None:
        """Whose key this is; `None` for nobody's, and for the empty key."""
        if not key:
            return None
        return self._principals.get(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest())
