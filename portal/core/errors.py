"""Refusals that a person is told about. Each says what happened and what to do; none is a fault of the program."""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """A service declined. ``message`` is a translated sentence for the person; nothing was changed."""

    #: What an HTTP answer carries when no form shows the refusal.
    http_status: ClassVar[int] = 409
    default: ClassVar[str | Promise] = _("요청을 처리할 수 없습니다. 입력하신 내용은 바뀌지 않았습니다.")

    def __init__(self, message: str | Promise | None = None) -> None:
        self.message: str | Promise = message or self.default
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refused):
    """This person may not do this to this thing now."""

    http_status = 403
    default = _("이 작업을 할 권한이 없습니다.")


class Overtaken(Refused):
    """Someone else moved the row first."""

    default = _(
        "그 사이 다른 사람이 먼저 처리했습니다. 화면을 새로 고쳐 지금 상태를 확인해 주십시오. 입력하신 내용은 바뀌지 않았습니다."
    )


class ForgedStep(Refused):
    """A step that the workflow does not know from the row's present state."""

    default = _("지금 상태에서는 할 수 없는 절차입니다. 화면을 새로 고친 뒤 다시 시도해 주십시오.")


class Late(Refused):
    """The clock decided against the request."""

    default = _("마감되었습니다. 마감 시각은 서버 시각 기준입니다.")


class Invalid(Refused):
    """The content of the request does not fit; ``field`` names the form field when there is one."""

    http_status = 422

    def __init__(self, message: str | Promise | None = None, *, field: str | None = None) -> None:
        self.field = field
        super().__init__(message)
