"""How many callers Locust is to have now: by the scenario, and by its early end if it runs until it breaks."""

from loadtest.swarm.records import Records
from loadtest.swarm.scenarios import Scenario, Stage
from loadtest.swarm.verdict import Targets, judge_stage

PATIENCE_S = 2.0
"""Time after a stage until its last turns are recorded."""


class Timetable:
    """A scenario while it is played.

    Args:
        scenario: the scenario.
        targets: what must hold, if that decides how long it runs.
        records: the records so far.
        speakers: number of callers of `Speak`, beside the streams.
    """

    def __init__(self, scenario: Scenario, targets: Targets, records: Records, speakers: int) -> None:
        self._speakers = speakers
        self._scenario = scenario
        self._targets = targets
        self._records = records
        self._left = list(scenario.judged) if scenario.until_broken else []

    def tick(self, now_s: float) -> tuple[int, float] | None:
        """Return how many callers there are to be, and how many come per second; `None` when all is over."""
        while self._left and now_s >= self._left[0].to_s + PATIENCE_S:
            if not self._held(self._left.pop(0)):
                return None
        stage = self._scenario.at(now_s)
        if stage is None:
            return None
        return stage.streams + self._speakers, max(stage.rate * 1.1, 1.0)

    def _held(self, stage: Stage) -> bool:
        return all(finding.met for finding in judge_stage(self._records, stage, self._targets))
