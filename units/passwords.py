"""Password rule of law.md §12 (level 3 without a second factor): 14 characters of four kinds. The length is a setting."""

import secrets

from django.core.exceptions import ValidationError

# Without signs that are mistaken for each other when read out or copied from paper.
_LOWER, _UPPER, _DIGITS = "abcdefghkmnpqrstuvwxyz", "ABCDEFGHKLMNPQRSTUVWXYZ", "23456789"
_KINDS = (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())


class FourKindsValidator:
    """Demands a lower-case letter, an upper-case letter, a digit and another character."""

    message = "Mật khẩu phải có chữ thường, chữ hoa, chữ số và ký tự khác (ví dụ: ! @ # -)."

    def validate(self, password: str, user: object = None) -> None:
        if not all(any(kind(letter) for letter in password) for kind in _KINDS):
            raise ValidationError(self.message, code="password_kinds")

    def get_help_text(self) -> str:
        return self.message


def initial_password() -> str:
    """A random password that satisfies the rule and can be read out, e.g. "Kd4m-Tz9p-Hw3c-Rx8b" (about 80 bits)."""
    group = (_UPPER, _LOWER, _DIGITS, _LOWER)
    return "-".join("".join(secrets.choice(letters) for letters in group) for _ in range(5))
