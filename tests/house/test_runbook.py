"""Whoever is woken finds an entry: every alert has one in the runbook, every entry has its alert, and both name panels that are there."""

import json
import re

import yaml

from tests.house.sources import ROOT

RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
RULES = yaml.safe_load((ROOT / "deploy/monitoring/alerts.yaml").read_text(encoding="utf-8"))
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"] if "alert" in rule]


def test_every_alert_has_its_entry_and_every_entry_its_alert():
    entries = re.findall(r"^## (\w+)$", RUNBOOK, re.MULTILINE)
    assert sorted(entries) == sorted(alert["alert"] for alert in ALERTS)
    assert len(entries) > 5


def test_every_alert_leads_to_its_own_entry():
    for alert in ALERTS:
        assert alert["annotations"]["runbook"] == f"docs/runbook.md#{alert['alert'].lower()}"
        assert alert["labels"]["severity"] in {"page", "ticket"}


def test_the_panels_it_speaks_of_are_on_the_dashboard():
    dashboard = json.loads((ROOT / "deploy/monitoring/legato.json").read_text(encoding="utf-8"))
    titles = {panel["title"] for panel in dashboard["panels"]}
    named = set(re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", RUNBOOK))
    assert named - titles == set()
    assert len(named) > 5
