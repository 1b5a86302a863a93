"""The ledger's tables as Django reads them.

The tables, triggers and grants are SQL (migration 0001) and only the ledger's functions and its worker write them;
`managed = False` also keeps test tools from truncating what must never be truncated.
"""

import secrets
from typing import Any

from django.db import models

from ledger.people import Subject


class Table(models.Model):
    """What all tables of the ledger share: Django reads them and never makes, alters or empties them."""

    class Meta:
        abstract = True
        managed = False

    def __str__(self) -> str:
        return str(self.pk)


class Record(Table):
    """One leaf, as the deciding transaction wrote it."""

    id = models.BigIntegerField(primary_key=True)
    leaf_id = models.UUIDField(unique=True)
    subject_table = models.TextField()
    subject_pk = models.TextField()
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField()

    class Meta(Table.Meta):
        db_table = "ledger_record"


class Pending(Table):
    """A record that waits for its place in the tree."""

    record = models.OneToOneField(Record, models.DO_NOTHING, primary_key=True)

    class Meta(Table.Meta):
        db_table = "ledger_pending"


class Entry(Table):
    """The place of a record in the tree."""

    idx = models.BigIntegerField(primary_key=True)
    record = models.OneToOneField(Record, models.DO_NOTHING)
    leaf_hash = models.BinaryField()

    class Meta(Table.Meta):
        db_table = "ledger_entry"


class Tile(Table):
    """Up to 256 hashes of one level; only partial ones are ever removed, once a full one exists."""

    pk = models.CompositePrimaryKey("level", "n", "width")
    level = models.IntegerField()
    n = models.BigIntegerField()
    width = models.IntegerField()
    data = models.BinaryField()

    class Meta(Table.Meta):
        db_table = "ledger_tile"


class TreeState(Table):
    """The one row with the size and root of the whole tree; as a subject, the log itself."""

    id = models.IntegerField(primary_key=True)
    size = models.BigIntegerField()
    root = models.BinaryField()

    class Meta(Table.Meta):
        db_table = "ledger_tree_state"

    def ledger_subject(self) -> Subject:
        return Subject("log", "log")


class Checkpoint(Table):
    """A size and root under the log's own signature."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta(Table.Meta):
        db_table = "ledger_checkpoint"


class Cosignature(Table):
    """A witness's line under a checkpoint; `at` is its own clock in seconds."""

    pk = models.CompositePrimaryKey("checkpoint_id", "witness", "at")
    checkpoint = models.ForeignKey(Checkpoint, models.DO_NOTHING, db_column="size")
    witness = models.TextField()
    at = models.BigIntegerField()
    line = models.TextField()

    class Meta(Table.Meta):
        db_table = "ledger_cosignature"


class Published(Table):
    """A checkpoint that met the policy and stands in the public folder."""

    id = models.BigIntegerField(primary_key=True)
    checkpoint = models.ForeignKey(Checkpoint, models.DO_NOTHING, db_column="size")
    note = models.TextField()
    published_at = models.DateTimeField()

    class Meta(Table.Meta):
        db_table = "ledger_published"


class Series(Table):
    """The last decision number of a series in a year of Seoul's calendar."""

    pk = models.CompositePrimaryKey("series", "year")
    series = models.TextField()
    year = models.IntegerField()
    last = models.BigIntegerField()

    class Meta(Table.Meta):
        db_table = "ledger_series"


class SubjectKey(Table):
    """The key under which one person's or company's values are sealed; without it nothing opens again.

    As a subject, somebody whose values are erased: public is a random reference, never whose.
    """

    id = models.UUIDField(primary_key=True)
    wrapped_dek = models.BinaryField(null=True)
    kek_id = models.TextField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta(Table.Meta):
        db_table = "ledger_subject_key"

    def ledger_subject(self) -> Subject:
        return Subject("person", secrets.token_hex(16))


class Opening(Table):
    """Salt and value of one commitment, sealed."""

    pk = models.CompositePrimaryKey("record_id", "path")
    record = models.ForeignKey(Record, models.DO_NOTHING)
    path = models.TextField()
    key = models.ForeignKey(SubjectKey, models.DO_NOTHING)
    nonce = models.BinaryField()
    ciphertext = models.BinaryField()

    class Meta(Table.Meta):
        db_table = "ledger_opening"


class Hold(Table):
    """A legal hold: while it stands, nothing sealed under the key is erased. As a subject, whoever it keeps."""

    #: Set while it is placed: the private value that says whom it keeps.
    whom: Any = None

    id = models.UUIDField(primary_key=True)
    key = models.ForeignKey(SubjectKey, models.DO_NOTHING)
    basis = models.TextField()
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta(Table.Meta):
        db_table = "ledger_hold"

    def ledger_subject(self) -> Subject:
        return Subject("person", secrets.token_hex(16), self.whom, self.key_id)


class Inspection(Table):
    """What one nightly inspection found; `first` is the first problem in words."""

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    size = models.BigIntegerField()
    problems = models.IntegerField()
    first = models.TextField()

    class Meta(Table.Meta):
        db_table = "ledger_inspection"
