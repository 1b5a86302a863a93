"""Reads of the college."""

from college.queries.seats import (
    course_list,
    enrolment_of,
    in_order,
    line_of,
    my_enrolments,
    my_requests,
    offers_due,
    open_runs,
    person_of,
    rank_of,
    run_of,
    unpaid_due,
)

__all__ = [
    "course_list",
    "enrolment_of",
    "in_order",
    "line_of",
    "my_enrolments",
    "my_requests",
    "offers_due",
    "open_runs",
    "person_of",
    "rank_of",
    "run_of",
    "unpaid_due",
]
