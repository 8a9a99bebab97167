"""The code that a Word template may hold: fields, loops over fields, conditions. Everything else is refused with its place.

Two fences. reading.py reads the placeholders paragraph by paragraph and knows which field holds what, so that the sentence
names the paragraph. ``compile_part`` here reads what docxtpl makes of the whole file and refuses every construct that is not on the
list: no calls, no arithmetic, no assignments, hence nothing that reaches Python or runs for ever.
"""

from collections.abc import Iterator
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

from dvk_portal.core.exceptions import DomainError

# Rounds of all loops of one file. The largest real document has some thousands.
MAX_ROUNDS = 200_000
MAX_CHARS = 40_000_000
_FILTERS = {"upper": str.upper, "lower": str.lower}
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If, nodes.Const,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter,
)  # fmt: skip


class CodeError(Exception):
    """A placeholder that is not accepted; the message is a Vietnamese sentence without its place."""


class Budget:
    """How much one rendering may still do; the same for every part of the file."""

    def __init__(self, rounds: int = MAX_ROUNDS, chars: int = MAX_CHARS) -> None:
        self.rounds, self.chars = rounds, chars

    def rows(self, value: Any) -> Iterator[Any]:
        for row in value if isinstance(value, list) else ():
            self.rounds -= 1
            if self.rounds < 0:
                raise DomainError("Mẫu lặp quá nhiều lần nên dừng lại. Hãy bỏ bớt các vòng lặp lồng nhau.")
            yield row

    def spend(self, piece: str) -> str:
        self.chars -= len(piece)
        if self.chars < 0:
            raise DomainError("Văn bản dựng từ mẫu quá lớn nên dừng lại. Hãy bỏ bớt các vòng lặp lồng nhau.")
        return piece


def environment(budget: Budget) -> SandboxedEnvironment:
    """Where templates run: sandboxed, every text escaped, an unknown name is an error."""
    found = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, cache_size=0)
    found.filters.clear()
    found.filters.update(_FILTERS, **{"counted rows": budget.rows})
    found.tests.clear()
    found.globals.clear()
    return found


def compile_part(source: str, jinja: SandboxedEnvironment) -> Template:
    """The template of one part. DomainError when it holds a construct that is not on the list."""
    try:
        tree = jinja.parse(source)
        check_constructs(tree)
        for loop in list(tree.find_all(nodes.For)):
            loop.iter = nodes.Filter(loop.iter, "counted rows", [], [], None, None, lineno=loop.lineno)
        return jinja.from_string(tree)
    except CodeError as error:
        raise DomainError(f"Mẫu không dùng được: {error}") from error
    except (TemplateError, RecursionError) as error:
        raise DomainError(
            "Mẫu không dùng được: các trường, vòng lặp, điều kiện đặt không đúng chỗ. Hãy so với mẫu đang dùng rồi sửa lại."
        ) from error


def check_constructs(tree: nodes.Template) -> None:
    """CodeError when a template holds a construct that is not on the list."""
    for node in _inner(tree):
        _allow(node)


def _inner(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _inner(child)


def _allow(node: nodes.Node) -> None:
    if not isinstance(node, _ALLOWED):
        raise CodeError(
            "mẫu chỉ nhận tên trường, vòng lặp {% for %} và điều kiện {% if %}; không nhận phép tính hay lời gọi."
        )
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        raise CodeError(f"không được dùng tên “{node.attr}”.")
    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        raise CodeError(f"không có cách viết “|{node.name}”. Chỉ dùng được |upper (chữ hoa) và |lower (chữ thường).")
    if isinstance(node, nodes.For) and (node.recursive or node.test or not isinstance(node.target, nodes.Name)):
        raise CodeError("vòng lặp viết dạng {% for tên in trường %}.")
