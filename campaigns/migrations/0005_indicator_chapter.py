from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_signing_and_weights")]

    operations = [
        migrations.AddField(
            model_name="indicator",
            name="chapter",
            field=models.CharField(
                blank=True,
                choices=[
                    ("results", "Kết quả nổi bật"),
                    ("models", "Mô hình, cách làm hay"),
                    ("difficulties", "Khó khăn, hạn chế"),
                    ("direction", "Phương hướng, nhiệm vụ"),
                    ("proposals", "Kiến nghị, đề xuất"),
                ],
                default="",
                help_text="Chỉ cho lời văn. Để trống: in cùng nhóm chỉ số.",
                max_length=15,
                verbose_name="mục trong văn bản báo cáo",
            ),
            preserve_default=False,
        ),
    ]
