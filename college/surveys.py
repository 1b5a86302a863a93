"""What students are asked when a run has ended, and what may be read of their answers. Pure.

Nobody reads fewer than five answers: in a small group words and figures would say whose they are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

LEAST_READ = 5
#: For how many days after the end a run's survey takes answers.
OPEN_DAYS = 14
SCALE, TEXT = "scale", "text"
LOWEST, HIGHEST = 1, 5
MOST_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Question:
    """``kind``: a mark from 1 to 5, or words."""

    code: str
    kind: str
    label_ko: str
    label_en: str


DEFAULT = (
    Question("content", SCALE, "수업 내용이 배우려던 것과 맞았습니다.", "The lessons were what I came to learn."),
    Question("teaching", SCALE, "강사의 설명을 이해하기 쉬웠습니다.", "The instructor was easy to follow."),
    Question("practice", SCALE, "실습이 충분했습니다.", "There was enough practice."),
    Question("running", SCALE, "운영과 시설에 만족합니다.", "I am content with the running and the rooms."),
    Question("recommend", SCALE, "다른 사람에게 권하겠습니다.", "I would recommend the course."),
    Question("good", TEXT, "좋았던 점", "What was good"),
    Question("better", TEXT, "고치면 좋을 점", "What should be better"),
)


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks given to one question: how many of each, and their exact mean."""

    question: Question
    counts: tuple[int, ...]
    mean: Fraction | None


@dataclass(frozen=True, slots=True)
class Results:
    """What may be read: the marks by question, and the words in an order that says nothing."""

    answers: int
    marks: tuple[Marks, ...]
    words: tuple[tuple[Question, tuple[str, ...]], ...]


def read(rows: Iterable[Mapping[str, str]]) -> tuple[Question, ...]:
    """Questions as a survey keeps them."""
    return tuple(Question(**row) for row in rows)


def problems(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, str]:
    """By question what is wrong: ``missing``, ``range`` or ``length``; unknown questions are ``unknown``."""
    found = dict.fromkeys(answers.keys() - {one.code for one in questions}, "unknown")
    for one in questions:
        value = answers.get(one.code)
        if one.kind == TEXT:
            if not isinstance(value or "", str) or len(value or "") > MOST_CHARACTERS:
                found[one.code] = "length"
        elif value is None:
            found[one.code] = "missing"
        elif type(value) is not int or not LOWEST <= value <= HIGHEST:
            found[one.code] = "range"
    return found


def results(questions: Sequence[Question], answers: Sequence[Mapping[str, Any]]) -> Results | None:
    """None below five answers. Words are sorted, so that their order does not tell who wrote first."""
    if len(answers) < LEAST_READ:
        return None
    marks = tuple(_marks(one, answers) for one in questions if one.kind == SCALE)
    words = tuple(
        (one, tuple(sorted(filter(None, (answer.get(one.code) for answer in answers)))))
        for one in questions
        if one.kind == TEXT
    )
    return Results(len(answers), marks, words)


def _marks(question: Question, answers: Sequence[Mapping[str, Any]]) -> Marks:
    given = Counter(answer[question.code] for answer in answers if question.code in answer)
    number = given.total()
    mean = Fraction(sum(mark * times for mark, times in given.items()), number) if number else None
    return Marks(question, tuple(given[mark] for mark in range(LOWEST, HIGHEST + 1)), mean)
