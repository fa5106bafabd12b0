"""The vendors' keys: fetched anew for every dial, and watched, so that a key can be rotated without a restart."""

from collections.abc import Callable, Mapping

from gateway.app.config.secrets import resolve


class Secret:
    """One provider's key.

    Args:
        reference: `env:NAME` or `file:PATH`; `None` for a vendor that needs none.
        env: environment variables.
    """

    def __init__(self, reference: str | None, env: Mapping[str, str]) -> None:
        self._reference = reference
        self._env = env
        self._known: str | None = None

    def __call__(self) -> str:
        """Return the key as it is now; empty if none is needed.

        Raises:
            ValueError: there is none, or it cannot be a key; the message names only its place.
        """
        if self._reference is None:
            return ""
        secret = resolve(self._reference, self._env)
        if not secret.isascii():
            # gRPC cannot send it, and says only that the call is invalid; elsewhere the vendor takes it for another key.
            raise ValueError(
                f"{self._reference} holds a character that is no part of any key, such as a long dash"
            )
        return secret

    def __repr__(self) -> str:
        return f"Secret({self._reference})"

    def has_changed(self) -> bool:
        """Return whether the key differs from that of the last call; one that cannot be read counts as unchanged."""
        try:
            now = self()
        except ValueError:
            return False
        before, self._known = self._known, now
        return before is not None and before != now


def watched(secrets: Mapping[str, Secret], tell: Callable[[str], None]) -> None:
    """Report every key that has changed, by the provider's name."""
    for name, secret in secrets.items():
        if secret.has_changed():
            tell(name)
