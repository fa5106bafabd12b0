"""Runs of the relay benchmark: one line of JSON each, written when the run is over, so that an interruption loses no finished run.

The table, the verdicts and the plots are made from these, as they are taken or as they are read from the file.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from loadtest.contenders import FOLDER
from loadtest.listeners import Heard, Load
from loadtest.relay_rows import Cell

FILE = FOLDER / "relay.jsonl"
QUICK_FILE = FOLDER / "relay-quick.jsonl"


class Runs:
    """All runs so far, by load and contender.

    Args:
        file: file that each run is written to; `None` for none.
        where: facts about the machine.
    """

    def __init__(self, file: Path | None = None, where: Mapping[str, object] | None = None) -> None:
        self.where = dict(where or {})
        self.figures: dict[str, float] = {}
        """Figures that do not come from a run of listeners, by name."""
        self._cells: dict[tuple[Load, str], Cell] = {}
        self._file = file
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("", encoding="utf-8")
            self._write({"machine": self.where})

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read the runs of a file. A last line that is not whole is left out.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file holds something else.
        """
        runs = cls()
        for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):
                runs._take(json.loads(line))
        return runs

    @property
    def cells(self) -> list[Cell]:
        """All cells, by load and contender, fewer streams first."""
        return sorted(self._cells.values(), key=lambda cell: (cell.load.name, cell.load.streams))

    def cell(self, load: Load, name: str) -> Cell:
        """Return the cell of this load and contender; an empty one if there is none."""
        return self._cells.get((load, name)) or Cell(load, name, _base_of(name))

    def lacks_base(self, load: Load, name: str) -> bool:
        """Whether the run that is to be subtracted from it failed."""
        base = _base_of(name)
        return name != base and bool(self.cell(load, base).broken)

    def heard(self, load: Load, name: str, heard: Heard) -> None:
        """Add a run; that of its base in the same round was added before it."""
        self._add(load, name, heard)
        self._write({"load": asdict(load), "name": name, "heard": asdict(heard)})

    def broke(self, load: Load, name: str, why: str) -> None:
        """Record a run that gave nothing: its cell does not count, whatever was heard before."""
        self._cell(load, name).broken = why
        self._write({"load": asdict(load), "name": name, "broken": why})

    def figure(self, name: str, value: float) -> None:
        """Record something else that was measured."""
        self.figures[name] = value
        self._write({"figure": name, "value": value})

    def _take(self, told: Mapping[str, Any]) -> None:
        if "machine" in told:
            self.where = told["machine"]
        elif "figure" in told:
            self.figures[told["figure"]] = told["value"]
        elif "broken" in told:
            self._cell(Load(**told["load"]), told["name"]).broken = told["broken"]
        elif "heard" in told:
            self._add(Load(**told["load"]), told["name"], Heard(**told["heard"]))
        else:
            raise ValueError(f"not a run: {str(told)[:80]}")

    def _add(self, load: Load, name: str, heard: Heard) -> None:
        cell = self._cell(load, name)
        base = heard if name == cell.base else self._base(cell)
        cell.heard.append(heard)
        if base is not None:
            cell.bases.append(base)

    def _base(self, cell: Cell) -> Heard | None:
        heard = self._cell(cell.load, cell.base).heard if (cell.load, cell.base) in self._cells else []
        return heard[len(cell.heard)] if len(cell.heard) < len(heard) else None

    def _cell(self, load: Load, name: str) -> Cell:
        return self._cells.setdefault((load, name), Cell(load, name, _base_of(name)))

    def _write(self, told: Mapping[str, object]) -> None:
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(told) + "\n")


def _base_of(name: str) -> str:
    return "direct gRPC" if name.endswith("gRPC") else "direct"
