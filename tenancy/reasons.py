"""Why a room does not fit, and what is wrong with a file of places, as people read it."""

from django.utils.translation import gettext_lazy as _

from tenancy import fitting

REASONS = {
    fitting.TOO_FEW_SEATS: _("좌석이 상주 인원보다 적습니다."),
    fitting.TOO_SMALL: _("면적이 최소 면적보다 작습니다."),
    fitting.NOT_ACCESSIBLE: _("무장애 공간이 아닙니다."),
    fitting.OTHER_HUB: _("이 공고의 거점이 아닙니다."),
    fitting.NOT_FREE: _("계약기간에 비어 있지 않습니다."),
    fitting.OUT_OF_SERVICE: _("사용하지 않는 호실입니다."),
}

TROUBLES = {
    "unreadable": _("읽을 수 없는 층입니다."),
    "floor_twice": _("같은 층이 두 번 있습니다."),
    "floor_exists": _("이미 등록된 층입니다."),
    "outline_crosses_itself": _("층의 윤곽선이 스스로 엇갈립니다."),
    "cell_twice": _("같은 구획이 두 번 있습니다."),
    "cell_crosses_itself": _("구획의 선이 스스로 엇갈립니다."),
    "unknown_kind": _("알 수 없는 구획 종류입니다."),
    "cell_outside": _("구획이 층 밖으로 나갑니다."),
    "cells_overlap": _("구획이 서로 겹칩니다."),
    "gap": _("어느 구획에도 들지 않은 면적이 있습니다(㎡)."),
    "unit_twice": _("같은 호실이 두 번 있습니다."),
    "unit_is_empty": _("구획, 좌석 또는 면적이 없는 호실입니다."),
    "unknown_cell": _("없는 구획을 쓰는 호실입니다."),
    "cell_in_two_units": _("한 구획이 두 호실에 들어 있습니다."),
    "area_differs": _("그린 면적과 계약면적이 2% 넘게 다릅니다(㎡)."),
}

BANK_FILE = {
    "not_text": _("UTF-8 또는 CP949로 된 CSV 파일이 아닙니다."),
    "no_columns": _("거래일, 입금액, 입금자 열을 찾을 수 없습니다."),
    "too_long": _("한 번에 2만 줄까지 처리할 수 있습니다."),
    "bad_amount": _("금액으로 읽을 수 없는 값이 있습니다."),
    "bad_day": _("날짜로 읽을 수 없는 값이 있습니다."),
}

VERDICTS = {
    "MATCHED": _("일치"),
    "DOUBTFUL": _("확인 필요"),
    "UNKNOWN": _("알 수 없음"),
    "SEEN": _("이미 반영됨"),
}

HOW = {
    "account": _("가상계좌"),
    "number": _("고지번호"),
    "name": _("이름과 금액"),
    "chosen": _("담당자가 고름"),
    "": "",
}

CHECKLIST = {
    "RESTORED": _("원상복구"),
    "CARDS": _("출입카드 반납"),
    "METERS": _("검침"),
    "MAIL": _("우편물 주소 이전"),
    "REGISTRATION": _("사업자등록 주소 이전"),
    "DEFECTS": _("파손 확인"),
}

FIGURES = {
    "sales": _("매출(원)"),
    "jobs": _("고용(명)"),
    "investment": _("투자 유치(원)"),
    "days": _("이용한 날(일)"),
}
