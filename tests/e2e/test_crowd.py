"""A small crowd on every face at once hears every word, in order: with healthy vendors, and with vendors that fail."""

import pytest

from tests.crowd.crowd import FACES, Plan, held

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize("faults", [False, True])
async def test_everybody_hears_what_was_said(tmp_path, faults):
    plan = Plan(seed=4, seconds=0.5, clients=range(len(FACES)), faces=FACES, faults=faults)
    findings = await held(tmp_path, plan, 1, lambda _: None)
    assert findings.wrong == []
    assert all(findings.held[face] >= 2 for face in FACES)
