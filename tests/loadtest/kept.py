"""Results of the benchmarks in a test run, kept as JSON beside the run's results, to be compared with those of another run."""

import json
import platform
from pathlib import Path

PATH = Path(__file__).parents[2] / "var/test/costs.json"


def keep(name, found, usual, most, path=PATH):
    """Keep one ratio: what it is now, what it was when it was last recorded, and above which value the test fails."""
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    told["python"] = platform.python_version()
    told.setdefault("ratios", {})[name] = {"found": round(found, 4), "usual": usual, "most": round(most, 4)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
