"""Distinct people: merges, splits, identities, and months that add up."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from college.experts import Count, Graduation, Link, count, counted_people, month, people_digest

WINDOW = (date(2018, 1, 1), date(2023, 1, 1))


def day(month, number=1, year=2020):
    return datetime(year, month, number, tzinfo=UTC)


def graduation(person, on, known_at=None, void_at=None, campus="MAPO", run="R"):
    known = known_at or datetime(on.year, on.month, on.day, tzinfo=UTC)
    return Graduation(person, on, campus, "expert", run, known, void_at)


NOW = day(12)


def total(graduations, links=(), strong=None, as_of=NOW):
    known = {each.person: day(1, year=2018) for each in graduations} if strong is None else strong
    return count(graduations, links, known, WINDOW, as_of).total


TWO = [graduation("a", date(2019, 6, 1)), graduation("b", date(2020, 6, 1))]


def test_a_merge_holds_from_its_time_to_its_end():
    link = Link("b", "a", day(8), until=day(10))
    assert [total(TWO, [link], as_of=at) for at in (day(7, 31), day(8), day(9, 30), day(10))] == [2, 1, 1, 2]


def test_a_chain_of_merges_is_one_person():
    links = [Link("a", "b", day(7)), Link("b", "c", day(8))]
    assert total(TWO, links) == 1
    assert list(counted_people(TWO, links, {"a": day(1)}, WINDOW, day(12))) == ["c"]


def test_any_members_identity_confirms_the_person():
    assert total(TWO, [Link("b", "a", day(7))], strong={"b": day(7)}) == 1


def test_an_identity_counts_from_when_it_was_confirmed():
    result = [count(TWO, [], {"a": day(9)}, WINDOW, as_of) for as_of in (day(8), day(9))]
    assert [(each.total, each.unverified) for each in result] == [(0, 2), (1, 1)]


def test_the_window_is_half_open():
    edges = [graduation(name, on) for name, on in zip("pqr", (date(2017, 12, 31), *WINDOW), strict=True)]
    assert total(edges, as_of=day(1, year=2024)) == 1


def test_known_later_is_not_counted_earlier():
    late = [graduation("a", date(2019, 6, 1), known_at=day(9))]
    assert [total(late, as_of=at) for at in (day(8, 31), day(9))] == [0, 1]


def test_void_from_its_very_instant():
    voided = [graduation("a", date(2019, 6, 1), void_at=day(9))]
    assert [total(voided, as_of=at) for at in (day(8, 31), day(9))] == [1, 0]


def test_the_first_graduation_decides_and_ties_go_by_run():
    same = [
        graduation("a", date(2019, 6, 1), campus=campus, run=run) for campus, run in (("GAEPO", "B"), ("MAPO", "A"))
    ]
    assert count(same, [], {"a": day(1)}, WINDOW, day(12)) == Count(
        total=1, unverified=0, gross=2, by_year={2019: 1}, by_campus={"MAPO": 1}, by_course={"expert": 1}
    )


def test_links_in_a_circle_are_refused():
    with pytest.raises(ValueError, match="circle"):
        total(TWO, [Link("a", "b", day(7)), Link("b", "a", day(8))])


def test_a_person_merged_into_two_is_refused():
    with pytest.raises(ValueError, match="into two"):
        total(TWO, [Link("a", "b", day(7)), Link("a", "c", day(8))])


def test_a_merge_after_a_frozen_month_is_a_correction():
    frozen = total(TWO, as_of=day(7))
    links = [Link("b", "a", day(7, 15))]
    grown = [*TWO, graduation("c", date(2020, 7, 20))]
    before = count(TWO, links, {name: day(1) for name in "abc"}, WINDOW, day(8)).total
    now = count(grown, links, {name: day(1) for name in "abc"}, WINDOW, day(8)).total
    assert (line := month(frozen, before, now)) == line.__class__(total=2, new=1, correction=-1)


def test_the_digest_of_people_does_not_know_their_order():
    assert people_digest(["b", "a"]) == people_digest(["a", "b"])
    assert people_digest(["ab", "c"]) != people_digest(["a", "bc"])


people = st.sampled_from("abcdef")
dates = st.dates(date(2017, 6, 1), date(2023, 6, 1))
instants = dates.map(lambda on: datetime(on.year, on.month, on.day, tzinfo=UTC))
graduations = st.lists(
    st.builds(
        Graduation,
        people,
        dates,
        st.sampled_from(["MAPO", "GAEPO"]),
        st.sampled_from(["expert", "ai"]),
        st.sampled_from(["R1", "R2"]),
        instants,
        st.none() | instants,
    ),
    max_size=12,
)
# A person is only ever merged into one with a later letter, so links never form a circle.
merges = st.dictionaries(st.sampled_from("abcde"), st.tuples(st.integers(1, 5), instants), max_size=4).map(
    lambda made: [
        Link(person, chr(min(ord("f"), ord(person) + step)), since, since + timedelta(days=400))
        for person, (step, since) in made.items()
    ]
)
identities = st.dictionaries(people, instants)


@given(graduations, merges, identities, instants)
def test_every_column_sums_to_the_total(rows, links, strong, as_of):
    result = count(rows, links, strong, WINDOW, as_of)
    for column in (result.by_year, result.by_campus, result.by_course):
        assert sum(column.values()) == result.total
    assert result.total <= len(strong)
    assert result.total + result.unverified <= result.gross
    assert len(counted_people(rows, links, strong, WINDOW, as_of)) == result.total


@given(graduations, merges, identities, instants, st.randoms())
def test_the_order_of_rows_never_matters(rows, links, strong, as_of, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert count(shuffled, links[::-1], strong, WINDOW, as_of) == count(rows, links, strong, WINDOW, as_of)


@given(graduations, merges, identities, st.lists(instants, min_size=2, max_size=5, unique=True))
def test_months_add_up(rows, links, strong, ends):
    frozen = 0
    earlier = WINDOW[0]
    for end in sorted(ends):
        upto = min(max(end.date(), WINDOW[0]), WINDOW[1])
        before = count(rows, links, strong, (WINDOW[0], earlier), end).total
        now = count(rows, links, strong, (WINDOW[0], upto), end).total
        line = month(frozen, before, now)
        assert line.total == frozen + line.new + line.correction == now
        frozen, earlier = line.total, upto
