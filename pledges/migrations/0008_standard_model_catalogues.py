"""Fields, tags, levels and the checklist of practice.md §8 as rows: the province changes them in /quan-tri/."""

import datetime

from django.db import migrations

FIELDS = [
    ("economy", "Kinh tế"),
    ("culture_society", "Văn hóa – xã hội"),
    ("defence_security", "Quốc phòng – an ninh"),
    ("political_system", "Xây dựng hệ thống chính trị"),
]
TAGS = ["Nông thôn mới", "Đô thị văn minh", "Chuyển đổi số", "Bảo vệ môi trường", "An sinh xã hội", "Dân tộc, tôn giáo"]
DISTRICT_ENDED = datetime.date(2025, 6, 30)
# code, name, who decides, visits, must a lower level have recognised it, last day on which it may be chosen
LEVELS = [
    ("co_so", "Cấp cơ sở", "own", 1, False, None),
    ("huyen", "Cấp huyện", "outside", 1, False, DISTRICT_ENDED),
    ("tinh", "Cấp tỉnh", "above", 1, True, None),
    ("trung_uong", "Cấp trung ương", "outside", 1, True, None),
]
CHECKLIST = [
    ("name_place", "Có tên gọi và địa chỉ thực hiện cụ thể", ""),
    ("registered", "Được cấp ủy, chính quyền lãnh đạo và đã đăng ký", ""),
    ("forces", "Huy động được nhiều lực lượng tham gia", ""),
    ("effect", "Có hiệu quả thiết thực, kiểm chứng được", "So với số liệu trước khi làm."),
    ("people", "Được nhân dân đồng tình, hưởng ứng", "Ghi ý kiến người dân đã gặp khi khảo sát."),
    ("urgent", "Giải quyết việc cần, việc khó, việc mới ở địa phương", ""),
    ("lasting", "Bền vững, có khả năng nhân rộng", ""),
]


def fill(apps, schema_editor):
    of = lambda name: apps.get_model("pledges", name).objects  # noqa: E731
    for order, (code, name) in enumerate(FIELDS, 1):
        of("Field").get_or_create(code=code, defaults={"name": name, "order": order})
    for order, name in enumerate(TAGS, 1):
        of("Tag").get_or_create(name=name, defaults={"order": order})
    for order, (code, name, decided_by, visits, lower, until) in enumerate(LEVELS, 1):
        of("RecognitionLevel").get_or_create(
            code=code,
            defaults={
                "name": name,
                "order": order,
                "decided_by": decided_by,
                "visits_required": visits,
                "lower_required": lower,
                "valid_to": until,
            },
        )
    for order, (code, text, hint) in enumerate(CHECKLIST, 1):
        of("ChecklistItem").get_or_create(code=code, defaults={"text": text, "hint": hint, "order": order})


class Migration(migrations.Migration):
    dependencies = [("pledges", "0007_exemplary_models")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
