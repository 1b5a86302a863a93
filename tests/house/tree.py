"""The files of this repository, as the house tests look at them."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "tenancy", "fund", "college", "ledger")
SKIPPED = {".venv", ".git", "node_modules", "var", "dist", "__pycache__", ".pytest_cache", ".hypothesis", ".mypy_cache"}
SKIPPED |= {".ruff_cache", ".import_linter_cache"}


def files(*tops: str, ends: str | tuple[str, ...] = "") -> Iterator[Path]:
    """Files below ``tops`` (default: everything), without what is built or installed."""
    for path in _all_files():
        inside = path.relative_to(ROOT)
        if path.name.endswith(ends or "") and (not tops or any(inside.is_relative_to(top) for top in tops)):
            yield path


@functools.cache
def _all_files() -> list[Path]:
    found = []
    for folder, folders, names in ROOT.walk():
        folders[:] = sorted(set(folders) - SKIPPED)
        found += [folder / name for name in sorted(names)]
    return found


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def source(*, tests: bool = False) -> Iterator[Path]:
    """Our Python, without migrations."""
    tops = ("tests",) if tests else ("manage.py", *PACKAGES)
    yield from (path for path in files(*tops, ends=".py") if "migrations" not in path.parts)


def templates() -> Iterator[Path]:
    yield from files(*PACKAGES, ends=(".html", ".txt", ".mjml", ".svg"))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function of a file with its length in lines, from ``def`` to its last line."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
