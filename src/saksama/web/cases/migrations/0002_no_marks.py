"""A case no longer carries a keyed mark of its records: what was ruled before is derived from sealed evidence."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def take_guards_off(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite rebuilds the table, which guards that name it do not survive; every migrate lays all of them anew."""
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    """Drop the column."""

    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunPython(take_guards_off, migrations.RunPython.noop),
        migrations.RemoveField(model_name="caserow", name="mark"),
        migrations.RunPython(migrations.RunPython.noop, take_guards_off),  # the same on the way back
    ]
