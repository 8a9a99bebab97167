"""The layouts of awards/data/certificates.yaml; a layout that is there already is left as it is."""

from django.db import migrations

from awards.certificates import standard_layouts


def fill(apps, schema_editor):
    layouts = apps.get_model("awards", "CertificateLayout").objects
    for preset in standard_layouts():
        layouts.get_or_create(
            code=preset.code,
            defaults={
                "name": preset.name,
                "family": preset.family,
                "width_mm": preset.width,
                "height_mm": preset.height,
                "on_stock": preset.on_stock,
                "note": preset.note,
                "boxes": [box.as_row() for box in preset.boxes],
            },
        )


class Migration(migrations.Migration):
    dependencies = [("awards", "0015_aftermath_says_how_its_days_were_found")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
