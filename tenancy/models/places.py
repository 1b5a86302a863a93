"""Where things are: hub, building, floor, cell, and the units made of cells, each for its time."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ledger import log
from portal.accounts.models import Cluster
from tenancy.enums import CellKind, RenewalPath


class Hub(models.Model):
    """A place of the cluster that lets rooms."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="hubs")
    code = models.SlugField(max_length=30, unique=True)
    name_ko = models.CharField(_("거점 이름"), max_length=100)
    name_en = models.CharField(_("거점 영문 이름"), max_length=100)
    address_ko = models.CharField(_("주소"), max_length=200, blank=True)
    address_en = models.CharField(_("영문 주소"), max_length=200, blank=True)
    #: Taken by a review when the tenant is invited; what is under way keeps its own.
    renewal_path = models.CharField(_("연장평가 방식"), max_length=10, choices=RenewalPath, default=RenewalPath.PANEL)

    class Meta:
        verbose_name = _("거점")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(renewal_path__in=RenewalPath.values), name="hub_renewal_path_known")
        ]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "ko").startswith("en") else self.name_ko

    @property
    def address(self) -> str:
        """The address in the reader's language."""
        return self.address_en if (get_language() or "ko").startswith("en") else self.address_ko

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="hub", ref=self.code)


class Building(models.Model):
    """One building of a hub."""

    hub = models.ForeignKey(Hub, models.PROTECT, related_name="buildings")
    code = models.SlugField(max_length=30, default="main")
    name_ko = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("건물")
        constraints = [models.UniqueConstraint(fields=["hub", "code"], name="building_once_per_hub")]

    def __str__(self) -> str:
        return (self.name_en or self.name_ko) if (get_language() or "ko").startswith("en") else self.name_ko

    def ledger_room(self) -> str:
        return "space"

    def ledger_subject(self) -> log.Subject:
        return log.Subject(kind="building", ref=f"{self.hub.code}.{self.code}")


class Floor(models.Model):
    """One floor, its outline in whole centimetres (x east, y north), in service ``[from_date, to_date)``."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="floors")
    level = models.SmallIntegerField(_("층"))
    outline_cm = models.JSONField()
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("층")
        ordering = ["building", "level"]
        constraints = [
            models.UniqueConstraint(fields=["building", "level"], name="floor_once_per_building"),
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gt=F("from_date")), name="floor_serves_some_days"
            ),
        ]

    def __str__(self) -> str:
        return _("%(level)s층") % {"level": self.level}


class Cell(models.Model):
    """The smallest part of a floor; never overlapping another (checked on import)."""

    floor = models.ForeignKey(Floor, models.PROTECT, related_name="cells")
    code = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=CellKind)
    polygon_cm = models.JSONField()

    class Meta:
        verbose_name = _("구획")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["floor", "code"], name="cell_once_per_floor"),
            models.CheckConstraint(condition=Q(kind__in=CellKind.values), name="cell_kind_known"),
        ]

    def __str__(self) -> str:
        return self.code


class Unit(models.Model):
    """A room that is let: cells of one floor, existing ``[from_date, to_date)``; the contracted area rules the rent."""

    floor = models.ForeignKey(Floor, models.PROTECT, related_name="units")
    code = models.CharField(_("호실"), max_length=20)
    area_m2 = models.DecimalField(_("계약면적"), max_digits=7, decimal_places=2)
    seats = models.PositiveSmallIntegerField(_("좌석"))
    features = models.JSONField(default=list, blank=True)
    from_date = models.DateField()
    to_date = models.DateField(null=True, blank=True)
    cells = models.ManyToManyField(Cell, through="UnitCell", related_name="units")

    class Meta:
        verbose_name = _("호실")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["floor", "code", "from_date"], name="unit_once_per_floor"),
            models.CheckConstraint(condition=Q(area_m2__gt=0, seats__gt=0), name="unit_has_area_and_seats"),
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gt=F("from_date")), name="unit_exists_some_days"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def hub(self) -> Hub:
        return self.floor.building.hub

    @property
    def ref(self) -> str:
        """The unit's name in leaves and proof files."""
        return f"{self.hub.code}.{self.code}"


class UnitCell(models.Model):
    """A cell of a unit for the unit's time: one unit per cell and day."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="unit_cells")
    cell = models.ForeignKey(Cell, models.PROTECT, related_name="unit_cells")
    period = DateRangeField()

    class Meta:
        verbose_name = _("호실 구획")
        constraints = [
            ExclusionConstraint(
                name="one_unit_per_cell_and_day",
                expressions=[("cell", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False), name="unit_cell_has_days"
            ),
            models.UniqueConstraint(fields=["unit", "cell"], name="cell_once_per_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.cell_id}"
