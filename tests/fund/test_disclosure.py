from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fund.disclosure import held_back

ROWS, COLUMNS = ["ai", "bio", "fintech"], ["closed", "impaired", "weak"]
TABLES = st.dictionaries(st.tuples(st.sampled_from(ROWS), st.sampled_from(COLUMNS)), st.integers(0, 12), min_size=1)


def everything(table):
    rows = [*dict.fromkeys(row for row, _ in table), None]
    columns = [*dict.fromkeys(column for _, column in table), None]
    counts = {}
    for row in rows:
        for column in columns:
            counts[row, column] = sum(
                count for (r, c), count in table.items() if row in (r, None) and column in (c, None)
            )
    return counts


def equations(table, hidden):
    """One row per line of the table: what its hidden cells must come to, given all that is shown."""
    counts = everything(table)
    for place, totals in ((0, 1), (1, 0)):
        for line in {cell[place] for cell in counts}:
            cells = [cell for cell in counts if cell[place] == line]
            yield [(-1 if cell[totals] is None else 1) if cell in cells else 0 for cell in hidden]


def rank(rows):
    rows, found = [[Fraction(value) for value in row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows[found:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        for row in rows[found + 1 :]:
            factor = row[column] / pivot[column]
            row[:] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
        found += 1
    return found


@settings(deadline=None)
@given(TABLES)
def test_no_figure_held_back_follows_from_those_shown(table):
    hidden = sorted(held_back(table), key=str)
    lines = list(equations(table, hidden))
    for place in range(len(hidden)):
        alone = [int(n == place) for n in range(len(hidden))]
        assert rank([*lines, alone]) == rank(lines) + 1


@settings(deadline=None)
@given(TABLES, st.integers(1, 6))
def test_every_small_cell_is_held_back_and_no_empty_one(table, least):
    hidden, counts = held_back(table, least), everything(table)
    assert {cell for cell, count in counts.items() if 0 < count < least} <= hidden
    assert all(counts[cell] for cell in hidden)


@settings(deadline=None)
@given(TABLES)
def test_nothing_is_held_back_without_a_small_cell(table):
    large = {cell: count + 3 for cell, count in table.items()}
    assert held_back(large) == frozenset()


def test_a_second_cell_goes_where_totals_give_one_away():
    table = {("ai", "weak"): 2, ("ai", "closed"): 5, ("bio", "weak"): 4, ("bio", "closed"): 9}
    assert held_back(table) == set(table)


def test_the_cells_that_tell_least_are_taken():
    table = {(row, column): 9 for row in ROWS for column in COLUMNS}
    table |= {("ai", "weak"): 1, ("ai", "closed"): 4, ("bio", "weak"): 3, ("bio", "closed"): 5}
    assert held_back(table) == {("ai", "weak"), ("ai", "closed"), ("bio", "weak"), ("bio", "closed")}


def test_a_lonely_company_takes_its_totals_along():
    assert held_back({("ai", "weak"): 1}) == {("ai", "weak"), ("ai", None), (None, "weak"), (None, None)}


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError):
        held_back({("ai", "weak"): -1})
