"""Rehearsals in several processes, each with its share of the cases and its own loop."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain

import uvloop

from tests.chaos.cases import Case
from tests.chaos.stage import Result, rehearse


def in_processes(cases: Sequence[Case], processes: int, at_once: int) -> tuple[list[Result], list[Result]]:
    """Return the results of the controls (each vendor without a fault), and of the cases."""
    controls = list({(case.vendor, case.seed): case for case in cases}.values())
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawning) as pool:
        shares = range(processes)
        futures = [
            pool.submit(_share, controls[share::processes], cases[share::processes], at_once)
            for share in shares
        ]
        parts = [future.result() for future in futures]
    return list(chain(*(part[0] for part in parts))), list(chain(*(part[1] for part in parts)))


def _share(
    controls: Sequence[Case], cases: Sequence[Case], at_once: int
) -> tuple[list[Result], list[Result]]:
    return uvloop.run(_both(controls, cases, at_once))


async def _both(
    controls: Sequence[Case], cases: Sequence[Case], at_once: int
) -> tuple[list[Result], list[Result]]:
    passed = await rehearse(controls, faulty=False, at_once=at_once)
    return passed, await rehearse(cases, at_once=at_once)
