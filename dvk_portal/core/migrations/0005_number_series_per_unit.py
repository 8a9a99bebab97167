"""A run of numbers belongs to one unit: "ĐU" is the symbol of every commune's committee. Numbers get a search key."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from dvk_portal.core.text import search_key


def fill(apps, schema_editor):
    """Runs made before belong to the unit of their first number; an empty run never gave one."""
    for series in apps.get_model("core", "NumberSeries").objects.all():
        first = series.numbers.order_by("id").first()
        if first is None:
            series.delete()
            continue
        series.unit_id = first.unit_id
        series.save(update_fields=["unit"])
    for number in apps.get_model("core", "DocumentNumber").objects.all():
        number.search_key = search_key(f"{number.text} {number.subject}")
        number.save(update_fields=["search_key"])
    if schema_editor.connection.vendor == "postgresql":
        # It does not alter a table while checks of changed rows are still due.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_documents_and_signatures"),
        migrations.swappable_dependency(settings.DOCUMENT_UNIT_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="numberseries",
            name="unit",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.DOCUMENT_UNIT_MODEL,
                verbose_name="cơ quan ban hành",
            ),
        ),
        migrations.AddField(
            model_name="documentnumber",
            name="search_key",
            field=models.CharField(default="", editable=False, max_length=600),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="numberseries",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.DOCUMENT_UNIT_MODEL,
                verbose_name="cơ quan ban hành",
            ),
        ),
        migrations.RemoveConstraint(model_name="numberseries", name="number_series_once"),
        migrations.AddConstraint(
            model_name="numberseries",
            constraint=models.UniqueConstraint(
                fields=("unit", "body", "type_code", "scope"), name="number_series_once"
            ),
        ),
        migrations.AlterField(
            model_name="documentnumber",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.DOCUMENT_UNIT_MODEL,
                verbose_name="cơ quan ban hành",
            ),
        ),
    ]
