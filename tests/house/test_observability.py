"""The page on what can be seen names every metric with its labels, every stage and every span, and none that is not there; every metric
is on the dashboard."""

import json
import re
from types import SimpleNamespace

from gateway.app.workers.metrics import ParentMetrics
from gateway.telemetry.metrics import Metrics
from legato.domain.receipt import Stage
from tests.house.sources import ROOT

PAGE = (ROOT / "docs/observability.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (`legato_.*?) \| ?(.*?) ?\|", PAGE, re.MULTILINE)
TOLD = {name: labels for names, labels in ROWS for name in re.findall(r"`(\w+)`", names)}


def registered():
    """Every metric by the name that a query uses, with its labels."""
    metrics = Metrics("1")
    metrics.vendors.show_lines(dict, dict)
    metrics.own.show_spans(lambda: {"exported": 0})
    collectors = list(metrics.registry._collector_to_names)
    found = {}
    for collector in collectors:
        for family in collector.describe() if hasattr(collector, "describe") else collector.collect():
            if family.name.startswith("legato_"):
                suffix = {"counter": "_total", "info": "_info"}.get(family.type, "")
                labels = getattr(collector, "_labelnames", None) or getattr(family, "_labelnames", ())
                found[family.name + suffix] = ", ".join(labels)
    for family in ParentMetrics(SimpleNamespace(workers=())).collect():
        suffix = "_total" if family.type == "counter" else ""
        found[family.name + suffix] = ", ".join(getattr(family, "_labelnames", ()))
    return found


def test_the_page_has_every_metric_with_its_labels():
    there = registered()
    there["legato_build_info"] = "version"
    assert there == TOLD
    assert len(TOLD) > 35


def test_every_metric_is_in_a_panel():
    dashboard = json.loads((ROOT / "deploy/monitoring/legato.json").read_text(encoding="utf-8"))
    drawn = " ".join(target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ()))
    named = set(re.findall(r"legato_\w+", drawn))
    assert {name for name in TOLD if not named & {name, f"{name}_bucket"}} == set()


def test_it_has_every_stage_in_its_order():
    assert re.findall(r"^\| `([a-z_]+)` \| ", PAGE.partition("## Metrics")[0], re.MULTILINE) == list(Stage)


def test_it_has_every_span():
    spans = re.findall(
        r"^\| `([a-z]+)` \| ", PAGE.partition("## Traces")[2].partition("## Logs")[0], re.MULTILINE
    )
    code = "".join(
        (ROOT / f"gateway/telemetry/{name}.py").read_text() for name in ("spans", "utterance_span")
    )
    assert spans == ["stream", "utterance", "attempt", "segment"]
    assert all(f'"{span}"' in code for span in spans)
