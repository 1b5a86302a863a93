"""The ledger's tables. Roles are made here when the login may make them; else `deploy/roles.sql` comes first."""

from pathlib import Path

from django.db import ProgrammingError, migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

HERE = Path(__file__).parent
ROLES = ("ledger_owner", "ledger_writer", "ledger_sequencer", "ledger_signer", "ledger_eraser")
TABLES = (
    "opening", "subject_key", "series", "published", "cosignature", "checkpoint",
    "tree_state", "tile", "entry", "pending", "record",
)  # fmt: skip


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    create_roles(schema_editor)
    schema_editor.execute("GRANT CREATE, USAGE ON SCHEMA public TO ledger_owner", params=None)
    schema_editor.execute("SET LOCAL ROLE ledger_owner", params=None)
    schema_editor.execute((HERE / "tables.sql").read_text("utf-8"), params=None)
    schema_editor.execute("RESET ROLE", params=None)


def create_roles(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Makes the roles that are missing, and lets this login act in those that it may not act in yet."""
    schema_editor.execute((HERE.parent.parent / "deploy" / "roles.sql").read_text("utf-8"), params=None)
    for role in ROLES:
        try:
            with transaction.atomic(schema_editor.connection.alias):
                schema_editor.execute(f"SET LOCAL ROLE {role}", params=None)
                schema_editor.execute("RESET ROLE", params=None)
        except ProgrammingError:
            schema_editor.execute(f"GRANT {role} TO CURRENT_USER", params=None)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Roles stay: they belong to the whole cluster."""
    for table in TABLES:
        schema_editor.execute(f"DROP TABLE ledger_{table}", params=None)
    for function in ("append", "put", "next_number", "require_leaf", "forbid"):
        schema_editor.execute(f"DROP FUNCTION ledger_{function}", params=None)


def unmanaged(name: str, table: str, *fields: tuple[str, models.Field]) -> migrations.CreateModel:
    return migrations.CreateModel(name, list(fields), options={"db_table": f"ledger_{table}", "managed": False})


def composite(*names: str) -> tuple[str, models.Field]:
    return "pk", models.CompositePrimaryKey(*names, blank=True, editable=False, primary_key=True, serialize=False)


def key(name: str, field: type[models.Field]) -> tuple[str, models.Field]:
    return name, field(primary_key=True, serialize=False)


def column(name: str, field: type[models.Field], **options: bool) -> tuple[str, models.Field]:
    return name, field(**options)


BIG, INT, TEXT, BYTES = models.BigIntegerField, models.IntegerField, models.TextField, models.BinaryField
UID, WHEN = models.UUIDField, models.DateTimeField


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.RunPython(create, drop),
        unmanaged(
            "Record", "record", key("id", BIG), column("leaf_id", UID, unique=True), column("subject_table", TEXT),
            column("subject_pk", TEXT), column("leaf", BYTES), column("leaf_hash", BYTES),
        ),
        unmanaged(
            "Pending", "pending",
            ("record", models.OneToOneField("ledger.record", models.DO_NOTHING, primary_key=True, serialize=False)),
        ),
        unmanaged("Entry", "entry", key("idx", BIG), column("leaf_hash", BYTES)),
        unmanaged(
            "Tile", "tile", composite("level", "n", "width"), column("level", INT), column("n", BIG),
            column("width", INT), column("data", BYTES),
        ),
        unmanaged("TreeState", "tree_state", key("id", INT), column("size", BIG), column("root", BYTES)),
        unmanaged(
            "Checkpoint", "checkpoint", key("size", BIG), column("root", BYTES), column("note", TEXT),
            column("signed_at", WHEN),
        ),
        unmanaged(
            "Cosignature", "cosignature", composite("checkpoint_id", "witness", "at"), column("witness", TEXT),
            column("at", BIG), column("line", TEXT),
        ),
        unmanaged("Published", "published", key("id", BIG), column("note", TEXT), column("published_at", WHEN)),
        unmanaged(
            "Series", "series", composite("series", "year"), column("series", TEXT), column("year", INT),
            column("last", BIG),
        ),
        unmanaged(
            "SubjectKey", "subject_key", key("id", UID), column("wrapped_dek", BYTES, null=True),
            column("kek_id", TEXT), column("destroyed_at", WHEN, null=True),
        ),
        unmanaged(
            "Opening", "opening", composite("record_id", "path"), column("path", TEXT), column("nonce", BYTES),
            column("ciphertext", BYTES),
        ),
    ]  # fmt: skip
