"""The one exception that is shown to a person as it is."""


class DomainError(Exception):
    """A rule forbids it. The message is a Vietnamese sentence that says what is wrong and what to do.

    ``findings`` optionally lists several such sentences (what is missing, line by line).
    """

    def __init__(self, message: str, findings: list[str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.findings = findings or []
