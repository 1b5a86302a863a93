"""What students said of a run, as tables of the shell."""

from __future__ import annotations

from django.utils.translation import gettext as _

from college.naming import said
from college.surveys import HIGHEST, LOWEST, Results
from portal.core.ui.parts import Column, Table


def marks(results: Results) -> Table:
    """How many gave which mark to each question, and the mean."""
    scale = range(HIGHEST, LOWEST - 1, -1)
    return Table(
        caption=_("점수를 매긴 문항"),
        columns=[
            Column(_("문항")),
            *(Column(str(mark), number=True) for mark in scale),
            Column(_("평균"), number=True),
        ],
        rows=[
            [
                said(row.question.label_ko, row.question.label_en),
                *(row.counts[mark - LOWEST] for mark in scale),
                f"{float(row.mean):.2f}" if row.mean is not None else "",
            ]
            for row in results.marks
        ],
    )


def words(results: Results) -> list[tuple[str, tuple[str, ...]]]:
    """By question the words that were written."""
    return [(said(one.label_ko, one.label_en), written) for one, written in results.words]
