"""Rates of dated flows by scipy's brentq and, on a grid of months, numpy-financial's irr: ``python xirr_finance.py FLOWS``.

Run by the interpreter of its own environment; prints one JSON object.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import numpy_financial as npf
from scipy.optimize import brentq


def main(given: str) -> None:
    rows = json.loads(Path(given).read_text())
    print(json.dumps({"scipy.optimize.brentq": dated(rows), "numpy_financial.irr, by months": monthly(rows[:200])}))


def dated(rows) -> dict[str, object]:
    failed, worst = 0, 0.0
    began = time.perf_counter()
    for row in rows:
        years = np.array([day for day, _ in row]) / 365
        amounts = np.array([amount for _, amount in row], dtype=float)
        try:
            rate = brentq(lambda r: float(np.sum(amounts * (1 + r) ** -years)), -0.999999, 1000)  # noqa: B023
        except ValueError:
            failed += 1
            continue
        if rate > -0.7:
            worst = max(worst, abs(float(np.sum(amounts * (1 + rate) ** -years))))
    seconds = time.perf_counter() - began
    return {"rate": len(rows) / seconds, "note": f"{failed} without an answer; |NPV| at most {worst:.2e} won"}


def monthly(rows) -> dict[str, object]:
    failed, off = 0, 0.0
    began = time.perf_counter()
    for row in rows:
        grid = np.zeros(row[-1][0] // 30 + 1)
        for day, amount in row:
            grid[day // 30] += amount
        rate = npf.irr(grid)
        if np.isnan(rate):
            failed += 1
            continue
        yearly = (1 + rate) ** (365 / 30) - 1
        exact = sum(amount * (1 + yearly) ** (-day / 365) for day, amount in row)
        off = max(off, abs(exact))
    seconds = time.perf_counter() - began
    return {
        "rate": len(rows) / seconds,
        "note": f"{failed} without an answer; knows no days: |NPV| up to {off:.2e} won",
    }


if __name__ == "__main__":
    main(sys.argv[1])
