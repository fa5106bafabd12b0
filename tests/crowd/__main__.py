"""Lets a crowd of random clients talk to a gateway on every face at once, and checks all that they hear. `make crowd`.

python -m tests.crowd [--seed N] [--seconds N] [--clients N] [--faults] [--cache] [--faces NAME,...] [--voices NAME,...]
                       [--repeated SHARE] [--workers N] [--only N]

What each client does is decided by the seed; when it happens is not, so a violation may need a few runs to show again. `--only 7` lets
client 7 alone do what it did in the crowd. Exit status: 1 if anything was wrong.
"""

import argparse
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import uvloop

from loadtest.arguments import positive
from tests.crowd.crowd import FACES, Plan, held
from tests.crowd.stage import SIMULATED
from tests.crowd.texts import REPEATED_SHARE


def main() -> int:
    asked = _asked()
    signal.signal(signal.SIGTERM, _go)  # as sent by `timeout`: the processes are ended first
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="crowd-"))
    folder.mkdir(parents=True, exist_ok=True)
    clients = [asked.only] if asked.only is not None else range(asked.clients)
    plan = Plan(
        asked.seed,
        asked.seconds,
        clients,
        tuple(asked.faces),
        asked.faults,
        asked.cache,
        tuple(asked.voices),
        asked.repeated,
    )
    findings = uvloop.run(held(folder, plan, asked.workers, _print))
    _print(f"conversations {dict(findings.held)}; utterances {dict(findings.spoken)}")
    for one in findings.missed:
        _print(f"missing, as a word at a seam may be: {one}")
    if findings.wrong:
        _print(
            f"FAILED: {len(findings.wrong)} violations. Again: {shlex.join(sys.argv[1:])}; logs in {folder}"
        )
        return 1
    _print("PASSED")
    return 0


def _some_of(known: Sequence[str]) -> Callable[[str], list[str]]:
    def chosen(names: str) -> list[str]:
        if unknown := set(names.split(",")) - set(known):
            raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: there are {', '.join(known)}")
        return names.split(",")

    return chosen


def share(given: str) -> float:
    if not 0 <= float(given) <= 1:
        raise argparse.ArgumentTypeError(f"expected a share from 0 to 1, got {given}")
    return float(given)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crowd", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--seconds", type=positive(float), default=30.0, help="how long clients begin conversations"
    )
    parser.add_argument("--clients", type=positive(int), default=20)
    parser.add_argument(
        "--faults", action="store_true", help="the first vendor of each voice fails now and then"
    )
    parser.add_argument(
        "--cache", action="store_true", help="the gateway keeps audio, and repeats what is said again"
    )
    parser.add_argument("--faces", type=_some_of(FACES), default=FACES, help=f"some of {','.join(FACES)}")
    parser.add_argument(
        "--voices", type=_some_of(SIMULATED), default=SIMULATED, help=f"some of {','.join(SIMULATED)}"
    )
    parser.add_argument(
        "--repeated", type=share, default=REPEATED_SHARE, help="how many texts come often, as a share"
    )
    parser.add_argument("--workers", type=positive(int), default=1)
    parser.add_argument("--only", type=int, help="this client alone")
    parser.add_argument("--folder", type=Path, help="for configuration and logs (default: a temporary one)")
    return parser.parse_args()


def _go(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
