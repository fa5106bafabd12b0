"""How many callers Locust is to have now: the scenario, and its early end where it goes on until it breaks."""

from loadtest.swarm.records import Records
from loadtest.swarm.scenarios import Scenario, Stage
from loadtest.swarm.verdict import Targets, judge_stage

PATIENCE_S = 2.0
"""After a stage, until its last turns have told how they went."""


class Timetable:
    """A scenario while it is played.

    Args:
        scenario: what is played.
        targets: what must hold, where that decides how long.
        records: what was written down so far.
        speakers: callers of `Speak`, beside the streams.
    """

    def __init__(self, scenario: Scenario, targets: Targets, records: Records, speakers: int) -> None:
        self._speakers = speakers
        self._scenario = scenario
        self._targets = targets
        self._records = records
        self._left = list(scenario.judged) if scenario.until_broken else []

    def tick(self, now_s: float) -> tuple[int, float] | None:
        """How many callers there are to be, and how many come in a second; `None` when all is over."""
        while self._left and now_s >= self._left[0].to_s + PATIENCE_S:
            if not self._held(self._left.pop(0)):
                return None
        stage = self._scenario.at(now_s)
        if stage is None:
            return None
        return stage.streams + self._speakers, max(stage.rate * 1.1, 1.0)

    def _held(self, stage: Stage) -> bool:
        return all(finding.met for finding in judge_stage(self._records, stage, self._targets))
