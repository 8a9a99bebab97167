"""What every form about a campaign has: the campaign, the person, and a mark of what was there when it was opened."""

import copy
from typing import Any

from django import forms

from campaigns.models import Campaign
from campaigns.services.editing import FROZEN_AT_LAUNCH, version_of
from dvk_portal.core.forms import PortalForm, PortalModelForm

FROZEN_HINT = "Đã chốt khi phát động."


class CampaignFormMixin:
    """Takes ``campaign`` and ``user``. With ``part`` set the form carries a version and notices that it is stale."""

    part = ""
    campaign: Campaign
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, campaign: Campaign, user: Any, **kwargs: Any) -> None:
        self.campaign, self.user = campaign, user
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and not field.required:
                field.empty_label = "Chưa chọn"
        if self.part:
            self.fields["version"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=version_of(campaign, self.part)
            )

    @property
    def version(self) -> str:
        return self.cleaned_data["version"]  # type: ignore[attr-defined]

    def renew(self) -> None:
        """After a refusal as stale: keep what was typed, show what is stored now, and take the new mark."""
        fresh = Campaign.objects.get(pk=self.campaign.pk)
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data[self.add_prefix("version")] = version_of(fresh, self.part)  # type: ignore[attr-defined]
        self.show_stored(fresh)

    def show_stored(self, fresh: Campaign) -> None:
        """Tell, field by field, what somebody else has saved meanwhile."""


class CampaignPartForm(CampaignFormMixin, PortalForm):
    pass


class CampaignModelForm(CampaignFormMixin, PortalModelForm):
    """Edits columns of the campaign; those fixed at launch are shown but closed."""

    def __init__(self, *args: Any, campaign: Campaign, user: Any, **kwargs: Any) -> None:
        # A copy: validation writes into the instance, and the page around the form shows the campaign as it is.
        super().__init__(*args, campaign=campaign, user=user, instance=copy.copy(campaign), **kwargs)
        if not campaign.is_draft:
            for name, field in self.fields.items():
                if name in FROZEN_AT_LAUNCH or f"{name}_id" in FROZEN_AT_LAUNCH:
                    field.disabled, field.help_text = True, FROZEN_HINT

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def show_stored(self, fresh: Campaign) -> None:
        for name in self.values:
            stored = getattr(fresh, name)
            if stored != self.cleaned_data[name]:
                self.add_error(name, f"Đang lưu: {self._in_words(name, stored)}")

    def _in_words(self, name: str, stored: Any) -> str:
        if isinstance(stored, list):
            words = dict(self.fields[name].choices)
            return ", ".join(str(words.get(value, value)) for value in stored)
        return f"{stored:%d/%m/%Y}" if hasattr(stored, "strftime") else str(stored or "để trống")
