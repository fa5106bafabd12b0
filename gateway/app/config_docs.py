"""Writes docs/configuration.md from the options themselves.

python -m gateway.app.config_docs            write it
python -m gateway.app.config_docs --check    exit 1 when it is not current
"""

import argparse
import enum
import sys
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gateway.app.config import NESTED, PREFIX, Settings

PAGE = Path("docs/configuration.md")

_HEAD = """\
# Configuration

This page is made from the options themselves by `python -m gateway.app.config_docs`; do not edit it.

One YAML file (`legato serve --config FILE`), then environment variables over it. With neither, the local voices are
there: `joe`, neural English, and `espeak`, over 100 languages.

- `legato config check FILE` checks a file, `legato config show` prints what is in force without secrets,
  `legato config schema` prints the JSON schema for editors.
- A variable is `LEGATO_` and the option's path with `__` between: `LEGATO_SERVER__HTTP=:8080`. Mappings are JSON, lists are
  JSON or values with commas between: `LEGATO_SERVER__ORIGINS=https://a.example,https://b.example`; `null` is none, as in
  the file: `LEGATO_SERVER__ADMIN=null`.
- A name that is not known is refused with its place and the nearest name that is. A variable without `__` may be
  somebody else's: one that is no option is passed over, unless it is one but for an underscore (`LEGATO_SERVER_HTTP`).
- `voices` and `providers` in a file stand in the place of the local ones.
- Credentials are references, `env:NAME` or `file:PATH`; a secret itself is refused.
- With a paid route (a provider with a `dialect`) and no entry in `keys`, a listener that others can reach is refused unless
  `serve --insecure` says so.

```yaml
voices:
  alloy: {language: en, routes: [{provider: eleven, voice: Xb7hH8MSUJpSbSDYk0k2}, {provider: joe}], failover: splice}
providers:
  eleven: {dialect: elevenlabs, credential: env:ELEVENLABS_API_KEY, pool: {floor: 1, ceiling: 10}, text_level: cleaned}
  joe: {engine: piper}
keys:
  shop: {sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae, max_streams: 100}
lexicons:
  brand: {tenants: [shop], words: {Nginx: engine x, Siobhan: {say: shivawn, ipa: ʃɪˈvɔːn}}}
```

| option | type | default | what it is |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = [_HEAD]
    rows += (
        f"| `{path}` | {kind} | {default} | {text} |\n"
        for path, kind, default, text in _options(Settings, "")
    )
    example = PREFIX + "limits.max_streams".replace(".", NESTED).upper()
    rows.append(f"\n`limits.max_streams`, for instance, is `{example}` in the environment.\n")
    return "".join(rows)


def _options(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str, str, str]]:
    for name, field in model.model_fields.items():
        path = prefix + name
        text = " ".join((field.description or "").split()).replace("|", "\\|")
        inner, marker = _section(field.annotation)
        yield path, _kind(field.annotation), "" if inner and not marker else _default(field), text
        if inner:
            yield from _options(inner, f"{path}{marker}.")


def _section(annotation: object) -> tuple[type[BaseModel] | None, str]:
    """The model inside an option, and how its place in a list or mapping is written."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ""
    for wrapped in typing.get_args(annotation):
        argument = typing.get_args(wrapped)[0] if typing.get_origin(wrapped) is Annotated else wrapped
        if isinstance(argument, type) and issubclass(argument, BaseModel):
            return argument, ".NAME" if typing.get_origin(annotation) is dict else "[]"
    return None, ""


def _kind(annotation: object) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _kind(arguments[0])
    if origin is dict:
        return "mapping"
    if origin is tuple:
        return "list"
    if origin in {typing.Union, types.UnionType}:
        return _kind(next(one for one in arguments if one is not types.NoneType))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "section"
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return "one of " + ", ".join(f"`{choice.value}`" for choice in annotation)
    return {str: "text", int: "whole number", float: "number", bool: "`true` or `false`", Path: "path"}[
        typing.cast("Any", annotation)
    ]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, dict) and value:
        return "the local ones: " + ", ".join(f"`{name}`" for name in value)
    if isinstance(value, tuple) and value:
        return ", ".join(f"`{one}`" for one in value)
    if value is None or value == "" or isinstance(value, dict | tuple):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m gateway.app.config_docs", description="Writes docs/configuration.md."
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 when the page is not current"
    )
    parser.add_argument("--page", type=Path, default=PAGE, help="another place for the page")
    given = parser.parse_args(arguments)
    if not given.check:
        given.page.write_text(page(), encoding="utf-8")
        return 0
    if given.page.exists() and given.page.read_text(encoding="utf-8") == page():
        return 0
    sys.stderr.write(f"{given.page} is not current: run python -m gateway.app.config_docs\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
