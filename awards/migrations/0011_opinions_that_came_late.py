from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("awards", "0013_decision_pays_here_line_posthumous")]

    operations = [
        migrations.AddField(
            model_name="writtenopinion",
            name="late_for",
            field=models.JSONField(blank=True, default=list, verbose_name="đến sau khi kiểm phiếu"),
        )
    ]
