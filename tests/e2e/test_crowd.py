"""A small crowd on every face at once hears every word, in order: with healthy vendors, and with vendors that fail and a worker that dies."""

import pytest

from tests.crowd.crowd import FACES, Plan, held

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize(("faults", "workers"), [(False, 1), (True, 2)])
async def test_everybody_hears_what_was_said(tmp_path, faults, workers):
    plan = Plan(seed=1, seconds=6.0, clients=range(len(FACES)), faces=FACES, faults=faults)
    findings = await held(tmp_path, plan, workers, lambda _: None)
    assert findings.wrong == []
    assert findings.held.total() >= 2 * len(FACES)
