from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("awards", "0001_award_cycles_and_council")]

    operations = [
        migrations.AddField(
            model_name="writtenopinion",
            name="late_for",
            field=models.JSONField(blank=True, default=list, verbose_name="đến sau khi kiểm phiếu"),
        )
    ]
