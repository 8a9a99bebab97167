"""Tells Django which admin site is the portal's. Apart from the site itself, because it is read before any model."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "dvk_portal.core.adminsite.PortalAdminSite"
