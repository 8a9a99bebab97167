"""The first system administrator of a new installation; everybody else is made by him on the portal."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from units.models import Unit, User
from units.roles import Role
from units.services.accounts import create_account
from units.services.memberships import grant_membership


class Command(BaseCommand):
    help = "Tạo quản trị hệ thống đầu tiên; in mật khẩu ban đầu một lần."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="họ và tên")
        parser.add_argument("--email", default="")
        parser.add_argument("--unit", required=True, metavar="CODE", help="mã đơn vị công tác")

    @transaction.atomic
    def handle(self, *args: Any, username: str, name: str, email: str, unit: str, **options: Any) -> None:
        home = Unit.objects.filter(code=unit).first()
        if home is None:
            raise CommandError(f"Không có đơn vị mã “{unit}”. Hãy nạp đơn vị trước (manage.py import_units).")
        user = User(username=username, full_name=name, email=email)
        user.set_unusable_password()
        try:
            user.full_clean()
            password = create_account(user, actor=None)
            grant_membership(user, home, Role.ADMIN, actor=None, valid_from=timezone.localdate())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except DomainError as error:
            raise CommandError(" ".join([error.message, *error.findings])) from error
        self.stdout.write(f"Tên đăng nhập: {username}\nMật khẩu ban đầu (phải đổi khi đăng nhập): {password}")
