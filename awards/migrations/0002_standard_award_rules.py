"""Rule sets, awards, what each demands, base salaries (awards/data/rules.yaml, money.yaml): rows that an office changes in
/quan-tri/. What is there already is left as it is."""

from django.db import migrations

from awards.moneyfile import standard_table
from awards.rulefile import standard_rules


def fill(apps, schema_editor):
    of = lambda name: apps.get_model("awards", name).objects  # noqa: E731
    table = standard_rules()
    sets, awards = {}, {}
    for row in table.rule_sets:
        sets[row["code"]], _ = of("RuleSet").get_or_create(code=row["code"], defaults=row)
    for row in table.awards:
        awards[row["code"]], _ = of("AwardType").get_or_create(code=row["code"], defaults=row)
    for row in table.rules:
        values = {name: value for name, value in row.items() if name not in ("rule_set", "award_type", "checklist")}
        rule, is_new = of("AwardRule").get_or_create(
            rule_set=sets[row["rule_set"]], award_type=awards[row["award_type"]], defaults=values
        )
        if is_new:
            of("DossierItem").bulk_create(of("DossierItem").model(rule=rule, **item) for item in row["checklist"])
    for salary in standard_table().salaries:
        of("BaseSalary").get_or_create(
            valid_from=salary.valid_from,
            defaults={"amount": salary.amount, "legal_basis": salary.source, "is_confirmed": salary.is_confirmed},
        )


class Migration(migrations.Migration):
    dependencies = [("awards", "0016_standard_certificate_layouts")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
