"""A table as a question: named columns, a row per thing. Every row is plain fields, so it works without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from portal.intake.blocks.kinds import Block, BlockKind, Date, Integer, Money, Text, in_language

_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")
#: What a cell may hold.
CELLS: Mapping[str, BlockKind] = {"text": Text(), "integer": Integer(), "money": Money(), "date": Date()}
DEFAULT_ROWS, MOST_ROWS, MOST_COLUMNS = 10, 50, 8
#: Empty rows offered below the filled ones.
_SPARE = 5

type Row = dict[str, Any]


def check_columns(limits: Mapping[str, Any]) -> str:
    """What is wrong with a table's definition, for ``InvalidForm``; empty when all is well."""
    columns = limits.get("columns") or ()
    codes = [str(column.get("code", "")) for column in columns]
    if not 1 <= len(codes) <= MOST_COLUMNS or len(set(codes)) != len(codes) or not all(map(_CODE.fullmatch, codes)):
        return f"a table has 1 to {MOST_COLUMNS} columns, each with its own code"
    if unknown := {column.get("kind", "text") for column in columns} - set(CELLS):
        return f"unknown kind of column {sorted(unknown)}"
    if not all(column.get("name") for column in columns):
        return "a column without a name"
    least, most = limits.get("min_rows", 0), limits.get("max_rows", DEFAULT_ROWS)
    return "" if 0 <= least <= most <= MOST_ROWS and most else f"rows from 0 to {MOST_ROWS}"


def _columns(block: Block) -> list[Block]:
    """Each column as a question of its own."""
    return [
        Block(
            code=column["code"],
            kind=column.get("kind", "text"),
            label=column["name"],
            required=bool(column.get("required", False)),
            limits={name: column[name] for name in ("max_chars", "min", "max") if name in column},
        )
        for column in block.limits["columns"]
    ]


class TableInput(forms.Widget):
    """A grid of inputs named ``<name>-<row>-<column>``; rows left empty do not count."""

    template_name = "intake/table_input.html"
    use_fieldset = True

    def __init__(self, columns: Sequence[tuple[Block, forms.Field]], most: int) -> None:
        super().__init__()
        self.columns, self.most = columns, most

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Row]:
        rows = []
        for number in range(self.most):
            row = {block.code: data.get(f"{name}-{number}-{block.code}") for block, _field in self.columns}
            if any(str(value or "").strip() for value in row.values()):
                rows.append({code: value for code, value in row.items() if value not in (None, "")})
        return rows

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}-") for key in data)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        shown = min(self.most, len(given) + _SPARE)
        context["widget"] |= {
            "columns": [block.label_text for block, _field in self.columns],
            "rows": [
                (number + 1, list(self._cells(name, number, given[number] if number < len(given) else {})))
                for number in range(shown)
            ],
        }
        return context

    def _cells(self, name: str, number: int, row: Row) -> Iterator[tuple[str, str]]:
        """Column and input; the input says its column and row to those who do not see the grid."""
        for block, asked in self.columns:
            words = _("%(column)s, %(row)s번째 줄") % {"column": block.label_text, "row": number + 1}
            attrs = {"aria-label": words, "id": f"id_{name}-{number}-{block.code}"}
            html = asked.widget.render(f"{name}-{number}-{block.code}", row.get(block.code), attrs)
            yield block.label_text, html


class TableField(forms.Field):
    """Cleans to a list of rows by column code, as JSON. Errors name row and column."""

    def __init__(self, *, block: Block, **options: Any) -> None:
        self.columns = [(column, CELLS[column.kind].field(column)) for column in _columns(block)]
        self.least = block.limits.get("min_rows", 0)
        self.most = block.limits.get("max_rows", DEFAULT_ROWS)
        cells = [(column, asked) for column, asked in self.columns if asked is not None]
        super().__init__(widget=TableInput(cells, self.most), **options)

    def clean(self, value: Any) -> list[Row]:
        given = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        if self.required and not given:
            raise ValidationError(self.error_messages["required"], code="required")
        least = max(self.least, 1) if self.required else self.least
        if given and len(given) < least:
            raise ValidationError(_("%(n)s줄 이상 적어 주십시오."), code="rows", params={"n": least})
        if len(given) > self.most:
            raise ValidationError(_("%(n)s줄까지 적을 수 있습니다."), code="rows", params={"n": self.most})
        errors: list[ValidationError] = []
        rows = [self._row(number, row, errors) for number, row in enumerate(given, start=1)]
        if errors:
            raise ValidationError(errors)
        return rows

    def _row(self, number: int, row: Row, errors: list[ValidationError]) -> Row:
        found: Row = {}
        for column, asked in self.columns:
            assert asked is not None
            try:
                value = CELLS[column.kind].stored(asked.clean(row.get(column.code)))
            except ValidationError as error:
                where = {"row": number, "column": column.label_text}
                errors += [
                    ValidationError(
                        _("%(row)s번째 줄 %(column)s: %(error)s"), code="cell", params={**where, "error": text}
                    )
                    for text in error.messages
                ]
            else:
                if value is not None:
                    found[column.code] = value.isoformat() if isinstance(value, date) else value
        return found


class Table(BlockKind):
    """``limits``: ``columns`` (code, name, kind of ``CELLS``, required, max_chars, min, max), ``min_rows``, ``max_rows``."""

    name: str | Promise = pgettext_lazy("question", "표")

    def field(self, block: Block) -> forms.Field:
        return TableField(block=block, label=block.label_text, help_text=block.help_text, required=block.required)

    def shown(self, block: Block, value: Any) -> str:
        """A table of the given rows, as HTML."""
        rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        if not rows:
            return ""
        columns = _columns(block)
        head = format_html_join(
            "", '<th scope="col" role="columnheader">{}</th>', ((column.label_text,) for column in columns)
        )
        cells = [
            (
                format_html_join(
                    "",
                    '<td role="cell" data-label="{}"><span>{}</span></td>',
                    ((one.label_text, CELLS[one.kind].shown(one, row.get(one.code))) for one in columns),
                ),
            )
            for row in rows
        ]
        body = format_html_join("", '<tr role="row">{}</tr>', cells)
        label = in_language(block.label)
        return format_html(
            '<div class="table-wrap" role="region" tabindex="0" aria-label="{}"><table class="table table--cards" role="table">'
            '<thead role="rowgroup"><tr role="row">{}</tr></thead><tbody role="rowgroup">{}</tbody></table></div>',
            label,
            head,
            body,
        )
