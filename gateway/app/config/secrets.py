"""Keeps secrets out of what is printed, and fetches them where they are needed."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

MASK = "***"
_SECRET_NAME = re.compile(r"key|token|secret|password|credential|authorization", re.IGNORECASE)
_FREE_KEYS = frozenset({"lexicon", "words", "pronunciations", "lexicons", "providers", "voices", "keys"})
"""Fields whose keys are the operator's own names, which say nothing about whether the values are secret."""


def masked(value: Any, name: str = "") -> Any:  # noqa: ANN401 - any JSON value
    """Return a JSON value in which everything is masked that is, or may contain, a secret.

    References such as `env:NAME` stay: they only name a place. The words of a lexicon are not names of fields.
    """
    if isinstance(value, Mapping):
        free = name in _FREE_KEYS
        return {key: masked(inner, "" if free else key) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner, name) for inner in value]
    if not isinstance(value, str):
        return value
    if name == "sha256":
        return f"{value[:8]}{MASK}"
    if name == "url":
        return _without_userinfo(value)
    if _SECRET_NAME.search(name) and not value.startswith(("env:", "file:")):
        return MASK
    return value


def resolve(reference: str, env: Mapping[str, str]) -> str:
    """Return the secret that `env:NAME` or `file:PATH` refers to, without the white space around it.

    Raises:
        ValueError: there is none, or it cannot be sent in a header; the message names the place only.
    """
    kind, _, place = reference.partition(":")
    if kind == "env":
        secret = env.get(place, "").strip()
    else:
        try:
            secret = Path(place).read_text(encoding="utf-8-sig").strip()
        except OSError as error:
            raise ValueError(
                f"the file {place} cannot be read: {(error.strerror or str(error)).lower()}"
            ) from None
        except UnicodeDecodeError:
            raise ValueError(f"the file {place} cannot be read: it is not UTF-8") from None
    where = f"{'the variable' if kind == 'env' else 'the file'} {place}"
    if not secret:
        raise ValueError(f"{where} is missing or empty")
    if not secret.isprintable():
        raise ValueError(f"{where} holds more than one line, or a character that is no part of any key")
    return secret


def _without_userinfo(url: str) -> str:
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=f"{MASK}@{parts.netloc.rpartition('@')[2]}"))
