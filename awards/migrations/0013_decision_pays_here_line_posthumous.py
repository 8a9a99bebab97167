"""Who pays of a decision, and which of its lines are posthumous."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("awards", "0007_nomination_sets")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="pays_here",
            field=models.BooleanField(default=True, verbose_name="cơ quan lập chi tiền thưởng"),
        ),
        migrations.AddField(
            model_name="decisionline",
            name="posthumous",
            field=models.BooleanField(default=False, verbose_name="truy tặng"),
        ),
    ]
