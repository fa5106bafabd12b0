"""`docs/protocol.md` names every message, every warning and every page, and none that is not there."""

import ast
import re

import pytest

from gateway.app.dialects import DIALECTS
from gateway.servers.level_page import LevelPage
from gateway.servers.pages import Pages, admin_application
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from legato.v1 import speech_pb2
from tests.house.sources import ROOT, tree_of

PAGE = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
OBSERVABILITY = (ROOT / "docs/observability.md").read_text(encoding="utf-8")
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
DIALECTS_PAGE = (ROOT / "docs/dialects.md").read_text(encoding="utf-8")


def rows(heading):
    """The names in the first column of the first table under a heading."""
    table = PAGE.partition(heading)[2].split("\n\n")[1]
    return [name for line in table.splitlines() for name in re.findall(r"`([^`]+)`", line.split("|")[1])]


def paths_of(app):
    """What an application serves: method and path."""
    served = {(one.method, one.resource.canonical) for one in app.router.routes()}
    return {(method, path) for method, path in served if method != "HEAD"}


@pytest.mark.parametrize(
    ("heading", "message"),
    [("### What a client sends", "StreamRequest"), ("### What the gateway sends", "StreamResponse")],
)
def test_the_page_names_every_message(heading, message):
    (oneof,) = speech_pb2.DESCRIPTOR.message_types_by_name[message].oneofs
    assert sorted(rows(heading)) == sorted(field.message_type.name for field in oneof.fields)


def test_the_page_names_every_warning():
    told = {
        call.args[0].value
        for path in (ROOT / "src/legato/core").glob("*.py")
        for call in ast.walk(tree_of(path))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "Warned"
        and isinstance(call.args[0], ast.Constant)
    }
    table = PAGE.partition("| `Warning.code` |")[2].split("\n\n")[0]
    assert told == set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


def test_the_page_names_every_page_of_the_public_port(tmp_path):
    streams = Streams(None, None, lambda: 0.0)
    app = Pages(ServerSettings(web_root=tmp_path), streams, None, None, preview=object()).application()
    named = {tuple(name.partition("?")[0].split(" ")) for name in rows("## HTTP")}
    served = {(method, "/static/" if path == "/static" else path) for method, path in paths_of(app)}
    assert named == served - {("GET", "/v1/stream")}
    assert "`GET /v1/stream`" in PAGE


def test_every_page_of_the_admin_port_is_told_to_operators():
    app = admin_application(None, None, None, operations=object())
    LevelPage(None).add_to(app)
    told = OBSERVABILITY + RUNBOOK
    assert [path for _, path in paths_of(app) if path not in told] == []


def test_every_page_of_a_dialect_is_told():
    # The page names a path once and what stands below it by its end alone; what is variable has other names there.
    ends = {re.sub(r"/\{.*?\}", "", route.path) for route in DIALECTS if route.path.endswith("}")}
    ends |= {re.sub(r"^.*\}", "", route.path) for route in DIALECTS if not route.path.endswith("}")}
    assert [end for end in sorted(ends) if end not in DIALECTS_PAGE] == []
