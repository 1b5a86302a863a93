"""The texts people consent to: versioned, one row per consent. A changed text gets the next version number."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import Purpose


@dataclass(frozen=True, slots=True)
class Text:
    """What is shown beside the box; ``required`` when there is no account without it."""

    purpose: Purpose
    version: int
    required: bool
    label: str | Promise
    text: str | Promise


TEXTS: dict[str, Text] = {
    text.purpose.value: text
    for text in (
        Text(
            Purpose.TERMS,
            1,
            True,
            _("이용약관에 동의합니다"),
            _(
                "마당은 클러스터의 모집, 입주, 교육, 행사 지원을 신청하고 관리하는 서비스입니다. 기업의 이름으로 한 제출과 서명은 대표 계정의 책임입니다."
            ),
        ),
        Text(
            Purpose.PRIVACY,
            1,
            True,
            _("개인정보 수집·이용에 동의합니다"),
            _(
                "전자우편 주소와 이름을 계정 확인과 절차 안내에 씁니다. 계정을 삭제할 때까지 보관하며, 주민등록번호는 받지 않습니다."
            ),
        ),
        Text(
            Purpose.NEWS,
            1,
            False,
            _("새 공고와 행사 소식을 받겠습니다"),
            _("동의하지 않아도 모든 서비스를 이용할 수 있고, 언제든지 철회할 수 있습니다."),
        ),
    )
}
