"""Reading the placeholders of a template paragraph by paragraph: what is wrong where, and which fields it prints."""

import difflib
import re
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn
from jinja2 import TemplateSyntaxError, nodes

from dvk_portal.core.documents.word.code import Budget, CodeError, check_constructs, environment
from dvk_portal.core.documents.word.fields import BLOCK, FIELDS, FLAG, RECORDS, TEXT, TEXTS, Field, by_name

MAX_DEPTH = 4
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_OPENERS = re.compile(r"\{\{|\{%|\{#")
_CLOSERS = re.compile(r"\}\}|%\}|#\}")
# What Word makes of straight quotes while somebody types; docxtpl turns them back.
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_STATEMENT = re.compile(r"(for|endfor|if|elif|else|endif)\b\s*(.*)", re.DOTALL)
_FOR = re.compile(r"([A-Za-z_]\w*)\s+in\s+(.+)", re.DOTALL)
_ENDS = {"for": "endfor", "if": "endif"}
# One row of a list of records, inside its loop.
_ROW = "row"
_LOOP = Field(
    "loop", "vòng lặp", _ROW, (Field("index", "số thứ tự"), Field("first", "dòng đầu", FLAG), Field("last", "dòng cuối", FLAG))
)  # fmt: skip


@dataclass(frozen=True)
class _Found:
    """What an expression gives: the kind of field, the fields of a row, and its path from the root ("cac_phan.tieu_de")."""

    kind: str
    path: str = ""
    fields: tuple[Field, ...] = ()


@dataclass
class _Open:
    """A loop or condition that is not closed yet; ``level`` is the element in which its other end must stand."""

    word: str
    prefix: str
    place: str
    level: Any
    scope: dict[str, _Found] = field(default_factory=dict)


class Reader:
    """Reads one part in the order of the page. ``printed`` are the paths of the fields that it prints."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.jinja = environment(Budget())
        self.open: list[_Open] = []
        self.findings: list[str] = []
        self.printed: set[str] = set()

    def read(self, root: Any) -> "Reader":
        for number, paragraph in enumerate(root.iter(qn("w:p")), 1):
            text = text_of(paragraph)
            if _OPENERS.search(text) or _CLOSERS.search(text):
                self._paragraph(number, text, paragraph)
        self.findings += [
            f"{item.place}: thiếu {{%{item.prefix} {_ENDS[item.word]} %}} cho phần mở ở đoạn này." for item in self.open
        ]
        return self

    def _paragraph(self, number: int, text: str, paragraph: Any) -> None:
        start = " ".join(text.split())
        place = f"{self.part}, đoạn {number} (“{start[:40]}{'…' if len(start) > 40 else ''}”)"
        tags = _TAG.findall(text)
        if not len(_OPENERS.findall(text)) == len(_CLOSERS.findall(text)) == len(tags):
            self.findings.append(
                f"{place}: dấu ngoặc chưa khép. Mỗi trường viết trọn trong một đoạn, dạng {{{{ ten_truong }}}}."
            )
            return
        for tag in tags:
            try:
                self._tag(tag, text, place, paragraph)
            except CodeError as error:
                self.findings.append(f"{place}: “{tag}” {error}")
        for item in [item for item in self.open if not item.prefix]:
            self.open.remove(item)
            self.findings.append(
                f"{place}: lệnh {item.word} mở mà không khép trong cùng đoạn. Hãy dùng {{%p {item.word} … %}} ở đoạn riêng."
            )

    def _tag(self, tag: str, text: str, place: str, paragraph: Any) -> None:
        inner = tag[2:-2].translate(_QUOTES)
        if tag.startswith("{#"):
            raise CodeError("là ghi chú trong mã, không được dùng. Hãy dùng tính năng nhận xét của phần mềm soạn thảo.")
        if inner.startswith("-") or inner.endswith("-"):
            raise CodeError("có dấu trừ cạnh ngoặc, không được dùng. Hãy bỏ dấu trừ.")
        prefix = next((word for word in ("tr", "tc", "p", "r") if re.match(rf"{word}\s", inner)), "")
        inner = inner.removeprefix(prefix).strip()
        if prefix == "p" and text.strip() != tag:
            raise CodeError("phải đứng một mình trong đoạn. Hãy đưa phần chữ khác sang đoạn riêng.")
        if tag.startswith("{{"):
            self._output(inner, prefix)
        else:
            self._statement(inner, prefix, place, paragraph)

    # --- fields ---
    def _output(self, inner: str, prefix: str) -> None:
        found = self._type(self._parse(f"{{{{ {inner} }}}}"))
        if found.kind == BLOCK and prefix != "p":
            raise CodeError(f"là phần dựng sẵn, phải viết {{{{p {inner} }}}} và đứng một mình trong đoạn.")
        if found.kind == TEXT and prefix:
            raise CodeError(f"là chữ, hãy viết {{{{ {inner} }}}}.")
        if found.kind in (TEXTS, RECORDS):
            raise CodeError(f"là danh sách, hãy viết {{%p for dong in {inner} %}} … {{%p endfor %}}.")
        if found.kind == _ROW:
            raise CodeError(
                f"gồm nhiều trường, hãy viết rõ trường nào, ví dụ {{{{ {inner}.{found.fields[0].name} }}}}."
            )
        if found.kind == FLAG:
            raise CodeError(f"chỉ dùng làm điều kiện: {{%p if {inner} %}} … {{%p endif %}}.")
        self.printed.add(found.path)

    def _parse(self, source: str) -> nodes.Node:
        """The expression inside a placeholder."""
        try:
            tree = self.jinja.parse(source)
        except (TemplateSyntaxError, RecursionError) as error:
            raise CodeError("viết sai cú pháp. Ví dụ đúng: {{ ten_loai }}, {%p for dong in noi_nhan %}.") from error
        check_constructs(tree)
        body = tree.body[0]
        return body.test if isinstance(body, nodes.If) else body.nodes[0]

    def _type(self, node: nodes.Node) -> _Found:
        """What an expression gives. CodeError when it names something that is not there."""
        if isinstance(node, nodes.Name):
            return self._named(node.name)
        if isinstance(node, nodes.Getattr):
            owner = self._type(node.node)
            known = by_name(owner.fields) if owner.kind == _ROW else {}
            inside = f" trong “{owner.path.rpartition('.')[2]}”"
            found = _chosen(node.attr, known, inside)
            return _Found(found.kind, f"{owner.path}.{found.name}", found.fields)
        if isinstance(node, nodes.Filter):
            found = self._type(node.node)
            if found.kind != TEXT:
                raise CodeError(f"dùng “|{node.name}” cho trường không phải chữ.")
            return found
        for child in node.iter_child_nodes():
            self._type(child)
        return _Found(TEXT if isinstance(node, nodes.Const | nodes.TemplateData) else FLAG)

    def _named(self, name: str) -> _Found:
        for item in reversed(self.open):
            if name in item.scope:
                return item.scope[name]
        # Names of open loops are offered as well when a name is misspelt.
        loops = {known: FIELDS[0] for item in self.open for known in item.scope}
        found = _chosen(name, {**loops, **by_name(FIELDS)}, "")
        return _Found(found.kind, found.name, found.fields)

    # --- loops and conditions ---
    def _statement(self, inner: str, prefix: str, place: str, paragraph: Any) -> None:
        found = _STATEMENT.fullmatch(inner)
        if found is None or prefix == "r":
            raise CodeError("không phải lệnh mà mẫu nhận. Chỉ dùng for, endfor, if, elif, else, endif.")
        word, rest = found.group(1), found.group(2).strip()
        level = _level(paragraph, prefix)
        if word not in _ENDS:
            self._continue_or_end(word, rest, prefix, level)
            return
        # Opened even when it is wrong: one fault, one sentence.
        item = _Open(word, prefix, place, level)
        try:
            item.scope = self._loop(rest) if word == "for" else self._condition(rest)
        finally:
            self.open.append(item)
        if sum(each.word == "for" for each in self.open) > MAX_DEPTH:
            raise CodeError(f"là vòng lặp lồng quá {MAX_DEPTH} tầng.")

    def _loop(self, rest: str) -> dict[str, _Found]:
        found = _FOR.fullmatch(rest)
        if found is None:
            raise CodeError("viết chưa đúng. Vòng lặp viết dạng for dong in ten_truong.")
        rows = self._type(self._parse(f"{{{{ {found.group(2)} }}}}"))
        if rows.kind not in (TEXTS, RECORDS):
            raise CodeError(f"lặp trên “{found.group(2)}”, nhưng đó không phải danh sách.")
        row = _Found(TEXT if rows.kind == TEXTS else _ROW, rows.path, rows.fields)
        return {found.group(1): row, "loop": _Found(_ROW, "loop", _LOOP.fields)}

    def _condition(self, rest: str) -> dict[str, _Found]:
        self._type(self._parse(f"{{% if {rest} %}}{{% endif %}}"))
        return {}

    def _continue_or_end(self, word: str, rest: str, prefix: str, level: Any) -> None:
        wanted = "for" if word == "endfor" else "if"
        if not self.open or self.open[-1].word != wanted:
            raise CodeError(f"không có phần mở tương ứng. Hãy kiểm tra thứ tự các lệnh {wanted}, {word}.")
        item = self.open[-1]
        if word.startswith("end"):
            self.open.pop()
        if item.prefix != prefix:
            raise CodeError(f"phải viết cùng dạng với phần mở: {{%{item.prefix} … %}}.")
        if item.level is not level:
            raise CodeError(
                "không cùng cấp với phần mở. Lệnh mở và lệnh khép đặt trong cùng một ô bảng, hoặc cùng ở ngoài bảng."
            )
        if word == "elif":
            self._condition(rest)
        elif rest:
            raise CodeError("có chữ thừa sau lệnh.")


def _chosen(name: str, known: dict[str, Field], inside: str) -> Field:
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, n=1)
    hint = f" Có phải “{close[0]}”?" if close else ""
    raise CodeError(f"dùng tên “{name}”, không có trường này{inside}.{hint}")


def _level(paragraph: Any, prefix: str) -> Any:
    """The element in which both ends of a loop must stand: the paragraph itself, what holds it, its table, its row."""
    if not prefix:
        return paragraph
    if prefix == "p":
        return paragraph.getparent()
    row = next(paragraph.iterancestors(qn("w:tr")), None)
    if row is None:
        raise CodeError(f"dùng dạng {{%{prefix} … %}} ở ngoài bảng. Ngoài bảng dùng {{%p … %}}.")
    return row if prefix == "tc" else row.getparent()


def text_of(paragraph: Any) -> str:
    """The paragraph's own text, without that of text boxes in it."""
    return "".join(
        found.text or "" for found in paragraph.iter(qn("w:t")) if next(found.iterancestors(qn("w:p"))) is paragraph
    )


def openers_in(text: str) -> int:
    return len(_OPENERS.findall(text))
