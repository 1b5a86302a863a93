"""Who may teach what: everybody for the years of the play, one without evidence enough, one taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from college import services
from college.models import Course, Qualification
from college.rehearsal.facts import at
from portal.accounts.models import User

if TYPE_CHECKING:
    from college.rehearsal.story import Story


def qualify(story: Story) -> None:
    """Before the first run: whoever teaches may teach everything; of the stand-in more was thought than was so."""
    staff, now = story.staff, at(story.facts.first)
    for course in story.courses.values():
        for user in (*staff.instructors.values(), staff.stand_in):
            row = _submitted(story, user, course)
            services.approve_qualification(qualification=row, by=staff.approver, now=now)
    expert = story.courses["expert"]
    doubtful = _submitted(story, staff.stand_in, expert)
    services.refuse_qualification(
        qualification=doubtful, by=staff.approver, now=now, reason="경력을 확인할 수 없습니다"
    )
    other = Qualification.objects.get(course=expert, instructor=staff.stand_in, status="APPROVED")
    services.withdraw_qualification(
        qualification=other, by=staff.approver, now=now + timedelta(days=1), reason="시강 평가가 기준에 못 미쳤습니다"
    )


def _submitted(story: Story, user: User, course: Course) -> Qualification:
    first, last = story.facts.first, story.facts.until
    return services.submit_qualification(
        instructor=user,
        course=course,
        evidence="블록체인 개발 경력 8년, 시강 평가 합격",
        valid_from=first,
        valid_to=last,
        by=story.staff.officer,
        now=at(first),
    )
