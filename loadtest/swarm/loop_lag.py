"""How punctual the gateway's event loop was under load, by its own histogram. R31: at most 10 ms late in 99 of 100 looks."""

from dataclasses import dataclass
from typing import Self

from prometheus_client.parser import text_string_to_metric_families

MOST_S = 0.01
SHARE = 0.99
_FAMILY = "legato_loop_lag_seconds"


@dataclass(frozen=True, slots=True)
class LoopLag:
    """What was noted of a loop.

    Args:
        looks: how often it was looked at.
        punctual: how often it was at most `MOST_S` late.
    """

    looks: int
    punctual: int

    @classmethod
    def read(cls, metrics: str) -> Self:
        """Take what a gateway has noted since it began from its page of metrics.

        Raises:
            KeyError: the page does not tell it.
        """
        families = {family.name: family for family in text_string_to_metric_families(metrics)}
        counts = {sample.labels.get("le", sample.name): sample.value for sample in families[_FAMILY].samples}
        return cls(int(counts[f"{_FAMILY}_count"]), int(counts[str(MOST_S)]))

    def since(self, before: "LoopLag") -> "LoopLag":
        """Return what was noted after `before`."""
        return LoopLag(self.looks - before.looks, self.punctual - before.punctual)

    def __str__(self) -> str:
        if not self.looks:
            return "the gateway's loop was not looked at"
        share, most_ms = self.punctual / self.looks, MOST_S * 1e3
        late = "" if share >= SHARE else f", less than {SHARE:.0%}"
        return (
            f"the gateway's loop was at most {most_ms:g} ms late in {share:.1%} of {self.looks:,} looks{late}"
        )
