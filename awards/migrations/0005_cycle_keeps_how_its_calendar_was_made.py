from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("awards", "0011_opinions_that_came_late"),
    ]

    operations = [
        migrations.AddField(
            model_name="awardcycle",
            name="schedule",
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name="cách lập lịch"),
        ),
    ]
