"""The layouts of law.md §9 as rows, so that the administration finds them before the first document is made."""

from django.db import migrations

from dvk_portal.core.documents.formats import STANDARD_FORMATS


def fill(apps, schema_editor):
    """Rows made before keep their dates; those without numbers get the standard ones."""
    formats = apps.get_model("core", "DocumentFormat").objects
    for row in STANDARD_FORMATS:
        found, made = formats.get_or_create(code=row["code"], defaults=row)
        if not made and not found.layout:
            found.layout = row["layout"]
            found.save(update_fields=["layout"])


class Migration(migrations.Migration):
    dependencies = [("core", "0006_document_search_key")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
