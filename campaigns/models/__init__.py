from campaigns.models.campaign import (
    Assignment,
    Campaign,
    CampaignAttachment,
    CampaignIndicator,
    Cluster,
    ClusterHead,
    Participation,
    ReminderStep,
    ReportingPeriod,
)
from campaigns.models.indicator import Chapter, Indicator, IndicatorGroup, IndicatorKind
from campaigns.models.scheme import Scheme

__all__ = [
    "Assignment",
    "Campaign",
    "CampaignAttachment",
    "CampaignIndicator",
    "Chapter",
    "Cluster",
    "ClusterHead",
    "Indicator",
    "IndicatorGroup",
    "IndicatorKind",
    "Participation",
    "ReminderStep",
    "ReportingPeriod",
    "Scheme",
]
