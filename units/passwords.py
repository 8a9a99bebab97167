"""Password rule of law.md §12 (level 3 without a second factor): 14 characters of four kinds. The length is a setting."""

from django.core.exceptions import ValidationError


class FourKindsValidator:
    """Demands a lower-case letter, an upper-case letter, a digit and another character."""

    message = "Mật khẩu phải có chữ thường, chữ hoa, chữ số và ký tự khác (ví dụ: ! @ # -)."

    def validate(self, password: str, user: object = None) -> None:
        kinds = (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())
        if not all(any(kind(letter) for letter in password) for kind in kinds):
            raise ValidationError(self.message, code="password_kinds")

    def get_help_text(self) -> str:
        return self.message
