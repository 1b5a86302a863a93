"""Texts that somebody could not follow are not published; each fault is named."""

import pytest
from django.core.exceptions import ValidationError

from portal.pages.checks import faults
from portal.pages.models import HomePage, StandardPage


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("", []),
        ("<h2>가</h2><h3>나</h3><h2>다</h2>", []),
        ("<h3>나</h3>", ["제목 ‘나’이(가) 한 단계를 건너뜁니다. 큰 제목 아래에 두어 주세요."]),
        ("<h2>가</h2><h4>다</h4>", ["제목 ‘다’이(가) 한 단계를 건너뜁니다. 큰 제목 아래에 두어 주세요."]),
        ("<h2> </h2>", ["빈 제목이 있습니다. 지우거나 글을 넣어 주세요."]),
        ('<embed embedtype="image" id="1" alt="회의실"/>', []),
        (
            '<embed embedtype="image" id="1" alt=" "/>',
            ["대체 텍스트가 없는 그림이 있습니다. 그림을 볼 수 없는 분이 읽을 글을 넣어 주세요."],
        ),
        (
            '<img src="x">',
            ["대체 텍스트가 없는 그림이 있습니다. 그림을 볼 수 없는 분이 읽을 글을 넣어 주세요."],
        ),
        ('<p><a href="/ko/log/">감사원장</a></p>', []),
        ('<p><a href="/ko/log/"></a></p>', ["글이 없는 링크가 있습니다. 어디로 가는지 적어 주세요."]),
        (
            '<p><a href="/ko/log/">Click <b>here</b></a></p>',
            ["링크 ‘Click here’만으로는 어디로 가는지 알 수 없습니다. 가는 곳의 이름을 적어 주세요."],
        ),
    ],
)
def test_faults_of_a_text(html, said):
    assert [str(fault) for fault in faults(html)] == said


def test_a_heading_and_a_link_may_stand_in_each_other():
    assert faults('<h2><a href="/x/">모집공고</a></h2>') == []


def test_a_page_with_a_fault_is_not_published(pages):
    home = HomePage.objects.order_by("id").first()
    page = StandardPage(title="안내", slug="x", body="<h3>나</h3>", locale=home.locale)
    page.set_url_path(home)
    with pytest.raises(ValidationError) as told:
        page.clean()
    assert list(told.value.message_dict) == ["body"]
