"""Tests do not wait for time, nor hold a machine to it that others use: clocks are virtual, and what is awaited is an event or an order.

What must wait is listed with its reason. A promise that is a time of this machine's is `alone`.
"""

import ast
import re

import pytest

from tests.house.sources import ROOT

WAIT = {
    "tests/chaos/outages.py": "outages that last",
    "tests/chaos/stage.py": "a fault that fires while a line is idle",
    "tests/crowd/crowd.py": "clients that come, and a gateway that is ended while they talk",
    "tests/crowd/dialects.py": "clients that write slowly, and interrupt at any moment",
    "tests/crowd/native.py": "the same on the native contract, and listeners who read slowly",
    "tests/crowd/stage.py": "processes that start, and come to rest, in their own time",
    "tests/e2e/test_envoy.py": "a listener who is slow, and one who is silent, at the other end of the proxy",
    "tests/e2e/test_forgotten_streams.py": "connections end in their own time, and nobody tells when",
    "tests/e2e/test_stages.py": "a delay in each stage is what is looked for",
    "tests/e2e/test_upstream_idle.py": "vendors drop what is idle, and writers stall",
    "tests/e2e/test_upstream_leaks.py": "vendors confirm cancels in their own time",
    "tests/gateway/servers/test_dialects_elevenlabs.py": "what a dialogue no longer says has no event",
    "tests/gateway/simulator/test_idle_connections.py": "a timer that must not ring, of a connection that is gone",
    "tests/gateway/upstream/grpc_vendors.py": "gRPC has threads of its own",
    "tests/gateway/upstream/test_grpc_vendors.py": "gRPC has threads of its own",
    "tests/gateway/upstream/test_grpc_wire.py": "gRPC has threads of its own",
    "tests/wires/stage.py": "the plays' voices tell nobody when something changes",
    "tests/wires/test_late_readers.py": "the kernel gives a silent peer up in its own time",
}
CLOCKS = {"monotonic", "perf_counter", "time"}
FILES = {
    str(path.relative_to(ROOT)): ast.parse(text)
    for path in sorted((ROOT / "tests").rglob("*.py"))
    if re.search(r"\b(sleep|monotonic|perf_counter|time)\(", text := path.read_text(encoding="utf-8"))
}
"""Those in which time is spoken of."""


def calls(tree, names):
    """Calls of `something.name`."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    ]


def is_on_virtual_time(tree):
    imported = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return "tests.virtual_time" in imported or "VirtualVendor" in {
        node.name for node in tree.body if isinstance(node, ast.ClassDef)
    }


def waits(tree):
    """Sleeps that are more than a turn of the loop."""
    return [call for call in calls(tree, {"sleep"}) if not (call.args and ast.unparse(call.args[0]) == "0")]


def time_limits(tree):
    """Assertions that what a clock says, less what it said, is below a figure."""
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for left, how, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False)
        if isinstance(how, ast.Lt | ast.LtE)
        and calls(left, CLOCKS)
        and isinstance(left, ast.BinOp)
        and isinstance(right, ast.Constant | ast.Name)
    ]


def is_alone(function, tree):
    """By its own mark or its module's."""
    marks = [ast.unparse(mark) for mark in function.decorator_list]
    of_all = [ast.unparse(line) for line in tree.body if isinstance(line, ast.Assign)]
    return "mark.alone" in " ".join([*marks, *of_all])


@pytest.mark.parametrize("name", [name for name, tree in FILES.items() if waits(tree)])
def test_who_waits_for_time_has_a_reason(name):
    assert name in WAIT or is_on_virtual_time(FILES[name]), "an event, or tests/virtual_time.py, does without"


def test_the_reasons_are_still_needed():
    assert {name for name in WAIT if not waits(FILES[name])} == set()


def test_no_machine_that_others_use_is_held_to_a_time():
    held = {
        f"{name}: {limit}"
        for name, tree in FILES.items()
        if not is_on_virtual_time(tree)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for limit in time_limits(function)
        if not is_alone(function, tree)
    }
    assert held == set()


def test_such_a_limit_is_seen():
    code = "def test(): assert time.monotonic() - began < 0.25"
    assert time_limits(ast.parse(code)) == ["time.monotonic() - began < 0.25"]
    assert time_limits(ast.parse("def test(): assert loop.time() - began >= 0.1")) == []
