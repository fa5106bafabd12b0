"""The hand-written source files of the project, for the tests that look at all of them."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("src/legato", "src/legato_client", "gateway")
GENERATED = ROOT / "src/legato/v1"

SOURCES = sorted(
    path for place in PLACES for path in (ROOT / place).rglob("*.py") if GENERATED not in path.parents
)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [n for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
