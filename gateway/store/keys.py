"""Bearer keys, known only by their SHA-256: what is stored cannot be used to get in.

A key is long and random, so one plain hash is enough and costs a microsecond; a slow hash would be an open door for floods.
The look-up is by digest: its time reveals something about digests only, and nobody can choose the prefix of a digest.
"""

import hashlib
from collections.abc import Mapping

from legato.domain.speech import Principal


class KeyStore:
    """Implements `reception.Store`.

    Args:
        principals: the owner of each key, by the key's SHA-256 in lower-case hex.
    """

    def __init__(self, principals: Mapping[str, Principal]) -> None:
        self._principals = {bytes.fromhex(digest): principal for digest, principal in principals.items()}

    def __len__(self) -> int:
        return len(self._principals)

    def principal(self, key: str) -> Principal | None:
        """Return whose key this is; `None` for an unknown key, and for the empty one."""
        if not key:
            return None
        return self._principals.get(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest())
