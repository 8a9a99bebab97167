"""The choice at the top of the analysis: year, unit or cluster, field, tập thể/cá nhân."""

from typing import Any

from django import forms
from django.http import QueryDict

from dvk_portal.core.forms import PortalForm
from pledges.models import ExemplaryModel, Field
from pledges.models.exemplary_model import SubjectKind
from pledges.services.exemplary.analysis import Scope, clusters_of, years_of
from units.models import Unit


class AnalysisForm(PortalForm):
    """Read from the address. What is not offered counts as not chosen, so that an old link still opens."""

    nam = forms.ChoiceField(label="Năm", required=False)
    cum = forms.ChoiceField(label="Cụm, khối", required=False)
    don_vi = forms.ModelChoiceField(
        label="Đơn vị", queryset=Unit.objects.none(), required=False, empty_label="Mọi đơn vị"
    )
    linh_vuc = forms.ModelChoiceField(
        label="Lĩnh vực", queryset=Field.objects.all(), to_field_name="code", required=False, empty_label="Mọi lĩnh vực"
    )
    doi_tuong = forms.ChoiceField(
        label="Tập thể, cá nhân", required=False, choices=[("", "Cả hai"), *SubjectKind.choices]
    )

    def __init__(self, data: QueryDict, *, user: Any, today: Any) -> None:
        years = years_of(user, today)
        asked = data.get("nam", "")
        self.year = int(asked) if asked in map(str, years) else (today.year if today.year in years else years[0])
        super().__init__(data)
        self.user, self.today, self.years = user, today, years
        self.clusters = clusters_of(user, self.year)
        self.fields["nam"].choices = [(str(year), str(year)) for year in years]
        self.fields["nam"].initial = str(self.year)
        self.fields["cum"].choices = [("", "Mọi cụm, khối"), *((str(row.pk), row.name) for row in self.clusters)]
        shown = ExemplaryModel.objects.visible_to(user).filter(registered_on__isnull=False).order_by().values("unit")
        self.fields["don_vi"].queryset = Unit.objects.filter(pk__in=shown).order_by("sort_key", "pk")
        if not self.clusters:
            del self.fields["cum"]

    def scope(self) -> Scope:
        self.is_valid()
        data = self.cleaned_data
        unit, field = data.get("don_vi"), data.get("linh_vuc")
        units = frozenset([unit.pk]) if unit else self._cluster_units(data.get("cum"))
        return Scope(self.user, self.year, self.today, units, field.code if field else "", data.get("doi_tuong") or "")

    def _cluster_units(self, cluster: str | None) -> frozenset[int] | None:
        chosen = next((row for row in self.clusters if str(row.pk) == cluster), None)
        return frozenset(chosen.unit_ids) if chosen else None
