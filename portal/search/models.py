"""The index of what can be found. It holds nothing that the rooms do not have: it can be emptied and filled again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class Found(models.Model):
    """One public thing as it is searched: its titles and text as typed keys (``letters``), and when it is from."""

    source = models.CharField(max_length=20)
    key = models.CharField(max_length=100)
    on_date = models.DateField()
    title_ko = models.TextField()
    title_en = models.TextField()
    letters = models.TextField()
    initials = models.TextField()

    class Meta:
        verbose_name = _("검색 항목")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["source", "key"], name="search_found_once"),
        ]
        indexes: ClassVar[list[Any]] = [
            GinIndex(fields=["letters"], opclasses=["gin_trgm_ops"], name="search_letters"),
            GinIndex(fields=["initials"], opclasses=["gin_trgm_ops"], name="search_initials"),
            models.Index(fields=["title_ko"], opclasses=["text_pattern_ops"], name="search_title_ko"),
            models.Index(fields=["title_en"], opclasses=["text_pattern_ops"], name="search_title_en"),
            models.Index(fields=["source", "-on_date"], name="search_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"
