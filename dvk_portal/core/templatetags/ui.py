"""The components of the portal as template tags (docs/design.md). Only this file and templates/components/ know class names.

Registered as builtins (settings: TEMPLATES), so no template loads it.
"""

import datetime
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crispy_forms.utils import render_crispy_form
from django import forms, template
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from dvk_portal.core.auditwords import action_words, change_words
from dvk_portal.core.icons import ICONS
from dvk_portal.core.looks import look
from dvk_portal.core.numbers import format_number

register = template.Library()

NOTHING = "–"
PAGE_SIZES = (25, 50, 100)


def _attrs(extra: dict[str, Any]) -> SafeString:
    """Keywords as attributes: ``hx_get="/a"`` → ``hx-get="/a"``; None and False are left out, True stands alone."""
    if not extra:  # nearly every cell of every table
        return SafeString()
    return flatatt({name.strip("_").replace("_", "-"): value for name, value in extra.items() if value is not None})


def _render(name: str, /, **context: Any) -> SafeString:
    return render_to_string(f"components/{name}.html", context)


def _scoped(name: str, key: str, factory: Callable[[template.Context], Any]) -> None:
    """Give the block tag ``name`` a state of its own under ``key`` *before* what it holds is rendered."""
    compile_inner = register.tags[name]

    def compile_scoped(parser: Any, token: Any) -> "ScopedNode":
        return ScopedNode(compile_inner(parser, token), key, factory)

    register.tag(name, compile_scoped)


class ScopedNode(template.Node):
    def __init__(self, node: Any, key: str, factory: Callable[[template.Context], Any]) -> None:
        self.node, self.key, self.factory, self.nodelist = node, key, factory, node.nodelist

    def render(self, context: template.Context) -> str:
        with context.push(**{self.key: self.factory(context)}):
            return self.node.render(context)


# --- words, numbers, dates ------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{}</svg>', mark_safe(ICONS[name])
    )


@register.simple_tag
def badge(text: Any, tone: str = "neutral", icon_name: str = "") -> SafeString:
    return format_html('<span class="badge tone-{}">{}{}</span>', tone, icon(icon_name) if icon_name else "", text)


@register.simple_tag
def state(value: str, word: str, model: str = "") -> SafeString:
    tone, shape = look(value, model)
    return badge(word, tone, shape)


@register.simple_tag
def status(record: Any, field: str = "status") -> SafeString:
    return state(getattr(record, field), getattr(record, f"get_{field}_display")(), type(record).__name__.lower())


@register.filter
def num(value: Decimal | int | None, places: int | None = None) -> str:
    return NOTHING if value in (None, "") else format_number(Decimal(str(value)), places)


@register.filter
def points(value: Decimal | int | None) -> str:
    return (
        NOTHING if value in (None, "") else format_number(Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP))
    )


@register.filter
def pct(value: Decimal | int | None) -> str:
    return NOTHING if value in (None, "") else f"{points(value)}%"


@register.filter
def day(value: datetime.date | datetime.datetime | None) -> str:
    return NOTHING if not value else f"{_date(value):%d/%m/%Y}"


@register.filter
def moment(value: datetime.datetime | None) -> str:
    return NOTHING if not value else f"{timezone.localtime(value):%H:%M %d/%m/%Y}"


def _date(value: datetime.date | datetime.datetime) -> datetime.date:
    return timezone.localtime(value).date() if isinstance(value, datetime.datetime) else value


@register.filter
def deadline(value: datetime.date | datetime.datetime | None, today: datetime.date | None = None) -> str:
    """How long there is until ``value``, in words, with colour and shape."""
    if not value:
        return NOTHING
    days = (_date(value) - (today or timezone.localdate())).days
    if days < 0:
        words, tone, shape = f"quá hạn {-days} ngày", "bad", "clock"
    elif days == 0:
        words, tone, shape = "hạn hôm nay", "waiting", "clock"
    else:
        words, tone, shape = f"còn {days} ngày", "waiting" if days <= 3 else "plain", "clock"
    stamp = _date(value).isoformat()
    return format_html(
        '<time class="deadline tone-{}" datetime="{}">{}<span>{}</span> <span class="deadline-day">{}</span></time>',
        tone, stamp, icon(shape), words, day(value),
    )  # fmt: skip


@register.filter
def filesize(value: int | None) -> str:
    if value is None:
        return NOTHING
    for unit, step in (("MB", 1_000_000), ("kB", 1_000)):
        if value >= step:
            return f"{format_number(Decimal(value) / step, 1)} {unit}".replace(",0 ", " ")
    return f"{value} byte"


@register.simple_tag
def delta(value: Decimal | int | None) -> SafeString | str:
    if value is None:
        return NOTHING
    if not value:
        return mark_safe('<span class="delta tone-neutral">0</span>')
    tone, shape, sign, word = ("good", "arrow-up", "+", "tăng") if value > 0 else ("bad", "arrow-down", "−", "giảm")
    return format_html(
        '<span class="delta tone-{}">{}<span class="visually-hidden">{} </span>{}{}</span>',
        tone, icon(shape), word, sign, points(abs(value)),
    )  # fmt: skip


@register.simple_tag
def person(user: Any, note: str = "") -> SafeString:
    name = str(user) if user else "Hệ thống"
    words = re.sub(r"\W+", " ", name).split()
    initials = "".join(word[0] for word in words[-2:]).upper()
    return format_html(
        '<span class="person"><span class="person-mark" aria-hidden="true">{}</span>'
        '<span><span class="person-name">{}</span>{}</span></span>',
        initials,
        name,
        format_html(' <span class="person-note">{}</span>', note) if note else "",
    )


@register.simple_tag
def rank(number: int | None, tied: bool = False) -> SafeString | str:
    if number is None:
        return NOTHING
    medal = f" rank-{number}" if number <= 3 else ""
    return format_html('<span class="rank{}">{}</span>{}', medal, number, " đồng hạng" if tied else "")


# --- page pieces ----------------------------------------------------------------------------------------------------
@register.simple_block_tag(takes_context=True)
def page_header(
    context: Any, content: str, title: str = "", subtitle: str = "", breadcrumbs: Any = (), where: Any = None
) -> SafeString:
    return _render(
        "page_header",
        title=title,
        subtitle=subtitle,
        breadcrumbs=breadcrumbs,
        where=where,
        actions=mark_safe(content.strip()),
    )


@register.simple_block_tag
def panel(
    content: str, title: str = "", hint: str = "", tone: str = "", link_label: str = "", link_url: str = "",
    flush: bool = False, **extra: Any,
) -> SafeString:  # fmt: skip
    return _render(
        "panel", content=content, title=title, hint=hint, tone=tone, link_label=link_label, link_url=link_url,
        flush=flush, attrs=_attrs(extra),
    )  # fmt: skip


@register.simple_block_tag
def grid(content: str, columns: int = 2) -> SafeString:
    return format_html('<div class="grid grid-{}">{}</div>', columns, content)


@register.simple_block_tag
def beside(content: str) -> SafeString:
    """One half of a grid that stays in sight, with a scroll of its own, while the other half is read."""
    return format_html('<div class="beside">{}</div>', content)


@register.simple_block_tag
def stack(content: str) -> SafeString:
    return format_html('<div class="stack">{}</div>', content)


@register.simple_block_tag
def prose(content: str) -> SafeString:
    return format_html('<div class="prose">{}</div>', content)


@register.simple_block_tag
def region(content: str, name: str, live: bool = False, **extra: Any) -> SafeString:
    if live:
        extra["aria_live"] = "polite"
    return format_html('<div id="{}"{}>{}</div>', name, _attrs(extra), content)


@register.simple_block_tag
def stats(content: str) -> SafeString:
    return format_html('<ul class="stats">{}</ul>', content)


@register.simple_tag
def stat(label: str, value: Any, note: Any = "", tone: str = "", url: str = "") -> SafeString:
    return _render("stat", label=label, value=value, note=note, tone=tone, url=url)


@register.simple_block_tag
def facts(content: str) -> SafeString:
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_tag
def fact(label: str, value: Any) -> SafeString:
    shown = NOTHING if value in (None, "") else value
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, shown)


@register.simple_block_tag
def fact_block(content: str, label: str) -> SafeString:
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, content)


ALERT_ICONS = {
    "good": "check",
    "waiting": "alert",
    "bad": "alert",
    "active": "info",
    "neutral": "info",
    "honour": "star",
}


@register.simple_block_tag
def alert(content: str, tone: str = "active", title: str = "", live: bool = False) -> SafeString:
    return _render("alert", content=content, tone=tone, title=title, live=live, icon_name=ALERT_ICONS[tone])


@register.simple_tag
def flash(message: Any) -> SafeString:
    """One of Django's messages as an alert that is announced."""
    tone = {"success": "good", "error": "bad", "warning": "waiting"}.get(message.level_tag, "active")
    return alert(conditional_escape(message.message), tone, live=True)


@register.simple_block_tag
def disclosure(content: str, title: str, open: bool = False) -> SafeString:
    return format_html(
        '<details class="disclosure"{}><summary>{}{}</summary><div class="disclosure-body">{}</div></details>',
        mark_safe(" open") if open else "", icon("chevron"), title, content,
    )  # fmt: skip


@register.simple_block_tag
def tabs(content: str, label: str) -> SafeString:
    return format_html('<nav class="tabs" aria-label="{}"><ul>{}</ul></nav>', label, content)


@register.simple_tag
def tab(label: str, url: str, active: bool = False, count: int | None = None) -> SafeString:
    return format_html(
        '<li><a href="{}"{}>{}{}</a></li>', url, mark_safe(' aria-current="page"') if active else "", label,
        "" if count is None else format_html(' <span class="count">{}</span>', count),
    )  # fmt: skip


@register.simple_tag
def empty_state(
    title: str, text: str = "", icon: str = "inbox", action_label: str = "", action_url: str = ""
) -> SafeString:
    return _render(
        "empty_state", title=title, text=text, icon_name=icon, action_label=action_label, action_url=action_url
    )


@register.simple_tag(takes_context=True)
def print_header(context: Any, title: str = "") -> SafeString:
    return _render(
        "print_header", title=title, now=timezone.now(), portal=context.get("portal"), product=context.get("product")
    )


# --- buttons and moves ----------------------------------------------------------------------------------------------
@register.simple_tag
def link_button(label: str, url: str, tone: str = "secondary", icon: str = "", **extra: Any) -> SafeString:
    return format_html(
        '<a class="btn btn-{}" href="{}"{}>{}{}</a>', tone, url, _attrs(extra), _icon_or_nothing(icon), label
    )


@register.simple_tag
def button(label: str, tone: str = "primary", icon: str = "", type: str = "submit", **extra: Any) -> SafeString:
    return format_html(
        '<button class="btn btn-{}" type="{}"{}>{}{}</button>', tone, type, _attrs(extra), _icon_or_nothing(icon), label
    )


def _icon_or_nothing(name: str) -> str:
    return icon(name) if name else ""


@register.simple_tag(takes_context=True)
def action_button(
    context: Any, label: str, url: str, tone: str = "secondary", icon: str = "", confirm: str = "",
    note_required: bool = False, note_label: str = "Lý do", next: str = "", **hidden: Any,
) -> SafeString:  # fmt: skip
    """A POST of its own; asks first (a sheet) when there is a question or a note to give."""
    return _render(
        "action_button", label=label, url=url, tone=tone, icon_name=icon, confirm=confirm, note_required=note_required,
        note_label=note_label, next=next, hidden=hidden, csrf_token=context.get("csrf_token"),
        uid=f"note-{re.sub(r'[^a-z0-9]+', '-', url.lower()).strip('-')}-{'-'.join(map(str, hidden.values()))}",
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def move_buttons(context: Any, record: Any, moves: Any, base: str = "") -> SafeString:
    base = base or record._meta.model_name
    return toolbar(
        mark_safe(
            "".join(
                action_button(
                    context, move.label, _move_url(record, move.name, base), tone=move.tone, confirm=move.confirm,
                    note_required=move.note_required,
                )
                for move in moves
            )
        )
    ) if moves else ""  # fmt: skip


def _move_url(record: Any, name: str, base: str) -> str:
    try:
        return reverse(f"{base}-{name.replace('_', '-')}", args=[record.pk])
    except NoReverseMatch:
        return reverse(f"{base}-move", args=[record.pk, name])


@register.simple_block_tag
def toolbar(content: str) -> SafeString:
    return format_html('<div class="toolbar">{}</div>', content)


@register.simple_block_tag
def menu(content: str, label: str, icon: str = "", tone: str = "secondary") -> SafeString:
    return _render("menu", content=content, label=label, icon_name=icon, tone=tone)


@register.simple_tag
def menu_link(label: str, url: str, icon: str = "", **extra: Any) -> SafeString:
    return format_html('<li><a href="{}"{}>{}{}</a></li>', url, _attrs(extra), _icon_or_nothing(icon), label)


# --- tables ---------------------------------------------------------------------------------------------------------
class Table:
    """While a table is drawn: what its columns are called (for the cards on a phone) and which cell is next."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.labels: dict[int, str] = {}
        self.numeric: set[int] = set()
        self._covered: dict[int, int] = {}  # column → rows still covered by a taller heading
        self.position = 0

    def next_row(self) -> "Table":
        self.position = 0
        return self

    def next_heads(self) -> "Table":
        self._covered = {column: rows - 1 for column, rows in self._covered.items() if rows > 1}
        return self.next_row()

    def head(self, label: str, span: int, rows: int, numeric: bool) -> None:
        while self.position in self._covered:
            self.position += 1
        for column in range(self.position, self.position + span):
            above = self.labels.get(column)
            self.labels[column] = f"{above}: {label}" if above else label
            if numeric:
                self.numeric.add(column)
            if rows > 1:
                self._covered[column] = rows
        self.position += span

    def cell(self, span: int) -> str:
        label = self.labels.get(self.position, "")
        self.position += span
        return label


@register.simple_block_tag(takes_context=True)
def data_table(
    context: Any, content: str, caption: str, show_caption: bool = False, scroll: bool = False,
    compact: bool = False, **extra: Any,
) -> SafeString:  # fmt: skip
    return _render(
        "data_table", content=content, caption=caption, show_caption=show_caption, scroll=scroll, compact=compact,
        heads=mark_safe("".join(context["_table"].heads)), attrs=_attrs(extra),
    )  # fmt: skip


@register.simple_block_tag(takes_context=True)
def columns(context: Any, content: str) -> str:
    context["_table"].heads.append(format_html('<tr role="row">{}</tr>', content))
    return ""


@register.simple_tag(takes_context=True)
def column(
    context: Any, label: str, sort: str = "", numeric: bool = False, hidden: bool = False, span: int = 1, rows: int = 1,
    width: str = "",
) -> SafeString:  # fmt: skip
    """``width``: "narrow", "medium" or "wide". ``hidden``: the label is only for screen readers."""
    context["_table"].head("" if hidden else label, span, rows, numeric)
    shown: Any = format_html('<span class="visually-hidden">{}</span>', label) if hidden else label
    aria = ""
    if sort:
        shown, aria = _sort_link(context["request"].GET, label, sort)
    classes = " ".join(filter(None, ["num" if numeric else "", f"col-{width}" if width else ""]))
    return format_html(
        '<th scope="{}" role="columnheader"{}{}{}{}>{}</th>',
        "col" if span == 1 else "colgroup",
        format_html(' class="{}"', classes) if classes else "",
        format_html(' colspan="{}"', span) if span > 1 else "",
        format_html(' rowspan="{}"', rows) if rows > 1 else "",
        format_html(' aria-sort="{}"', aria) if aria else "",
        shown,
    )


def _sort_link(query: Any, label: str, name: str) -> tuple[SafeString, str]:
    current = query.get("sort", "")
    aria, shape, following = {
        name: ("ascending", "arrow-up", f"-{name}"),
        f"-{name}": ("descending", "arrow-down", name),
    }.get(current, ("none", "sort", name))
    url = query_with(query, sort=following, page=None)
    link = format_html('<a class="sort" href="{}">{}{}</a>', url, label, icon(shape))
    return link, aria


def query_with(query: Any, **changes: Any) -> str:
    """The query string with some values set (None removes); empty values are dropped."""
    query = query.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    for name in [name for name, values in query.lists() if not any(values)]:
        del query[name]
    return f"?{query.urlencode()}"


@register.simple_block_tag
def row(content: str, tone: str = "", total: bool = False, **extra: Any) -> SafeString:
    classes = " ".join(filter(None, [f"tone-{tone}" if tone else "", "total" if total else ""]))
    return format_html(
        '<tr role="row"{}{}>{}</tr>', format_html(' class="{}"', classes) if classes else "", _attrs(extra), content
    )


@register.simple_block_tag(takes_context=True)
def cell(
    context: Any, content: str, head: bool = False, numeric: bool = False, actions: bool = False, span: int = 1,
    nowrap: bool = False, block: bool = False, **extra: Any,
) -> SafeString:  # fmt: skip
    """``block``: holds paragraphs or a list; on a phone it takes the whole width below its label."""
    table = context["_table"]
    numeric = numeric or table.position in table.numeric
    label = table.cell(span)
    named = {"num": numeric, "actions": actions, "nowrap": nowrap, "block": block}
    classes = [name for name, wanted in named.items() if wanted]
    return format_html(
        "<{0}{1}{2}{3}{4}{5}>{6}</{0}>",
        "th" if head else "td",
        mark_safe(' scope="row" role="rowheader"' if head else ' role="cell"'),
        format_html(' class="{}"', " ".join(classes)) if classes else "",
        format_html(' colspan="{}"', span) if span > 1 else "",
        format_html(' data-label="{}"', label) if label and not head and not actions else "",
        _attrs(extra),
        mark_safe(content.strip()),
    )


@register.simple_tag(takes_context=True)
def num_cell(context: Any, value: Any, places: int | None = None, unit: str = "", head: bool = False) -> SafeString:
    shown = num(value, places)
    return cell(context, format_html("{}{}", shown, unit if shown != NOTHING else ""), numeric=True, head=head)


_scoped("data_table", "_table", lambda context: Table())
_scoped("columns", "_columns", lambda context: context["_table"].next_heads())
_scoped("row", "_row", lambda context: context["_table"].next_row())


@register.simple_tag(takes_context=True)
def filter_bar(context: Any, filterset: Any, target: str = "results") -> SafeString:
    request = context["request"]
    shown = [name for name in filterset.form.fields if request.GET.get(name)]
    keep = [(name, request.GET[name]) for name in ("sort", "size") if request.GET.get(name)]
    return _render("filter_bar", form=filterset.form, active=len(shown), keep=keep, target=target, path=request.path)


@register.simple_tag(takes_context=True)
def pagination(context: Any, page_obj: Any) -> SafeString:
    query = context["request"].GET
    paginator = page_obj.paginator
    pages = [
        (number, query_with(query, page=number) if isinstance(number, int) else "", number == page_obj.number)
        for number in paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    ]
    sizes = [(size, query_with(query, size=size, page=None), size == paginator.per_page) for size in PAGE_SIZES]
    return _render(
        "pagination", page_obj=page_obj, pages=pages, sizes=sizes, smallest=PAGE_SIZES[0],
        previous=query_with(query, page=page_obj.number - 1), following=query_with(query, page=page_obj.number + 1),
    )  # fmt: skip


# --- forms ----------------------------------------------------------------------------------------------------------
@register.simple_tag
def error_summary(form: Any, title: str = "", **labels: str) -> SafeString | str:
    """All errors of the form, each a link to its control; nothing when there are none. ``labels``: other words by field.

    A form that signs and does not save says so itself (``error_title``).
    """
    if not form.is_bound or not form.errors:
        return ""
    found = [
        (str(labels.get(name, form[name].label)).rstrip(".:"), _control_id(form[name]), error)
        for name in form.fields
        for error in form[name].errors
    ]
    title = title or getattr(form, "error_title", "Chưa lưu được. Hãy sửa các mục sau:")
    return _render("error_summary", title=title, general=form.non_field_errors(), found=found)


def _control_id(bound: forms.BoundField) -> str:
    return f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id


_CONTROL_CLASS = {"checkbox": "form-check-input", "select": "form-select", "selectmultiple": "form-select"}


@register.simple_tag
def field(
    bound: Any, label: str = "", hint: str | None = None, hide_label: bool = False, autofocus: bool = False,
    mark_optional: bool = True, **extra: Any,
) -> SafeString:  # fmt: skip
    """One control with its label, hint and errors, in this order. ``hint=""`` leaves out the field's own help text."""
    if bound.is_hidden:
        return bound.as_widget()
    hint = bound.help_text if hint is None else hint
    described = " ".join(
        [*([f"{bound.auto_id}_helptext"] if hint else []), *([f"{bound.auto_id}_error"] if bound.errors else [])]
    )
    kind = bound.widget_type
    css = "" if bound.use_fieldset else _CONTROL_CLASS.get(kind, "form-control")
    attrs = {name.replace("_", "-"): value for name, value in extra.items()}
    own = bound.field.widget.attrs.get("class", "")
    if css:
        attrs["class"] = " ".join(filter(None, [own, css, "is-invalid" if bound.errors else ""]))
    if described and not bound.use_fieldset:
        attrs["aria-describedby"] = described
    if autofocus:
        attrs["autofocus"] = True
    return _render(
        "field", bound=bound, label=label or bound.label, hint=hint, hide_label=hide_label, described=described,
        control=bound.as_widget(attrs=attrs), kind=kind, optional=mark_optional and not bound.field.required,
    )  # fmt: skip


@register.simple_tag
def pick(name: str, value: Any, label: str, checked: bool = False, visible: bool = False) -> SafeString:
    """A checkbox of a bare form, for rows that are ticked in a table: its label is for screen readers unless ``visible``."""
    return format_html(
        '<label class="pick{}"><input class="form-check-input" type="checkbox" name="{}" value="{}"{}>'
        '<span class="{}">{}</span></label>',
        " pick-line" if visible else "", name, value, mark_safe(" checked") if checked else "",
        "form-check-label" if visible else "visually-hidden", label,
    )  # fmt: skip


@register.simple_tag
def choose(name: str, label: str, options: Any, chosen: Any = "", empty: str = "") -> SafeString:
    """A select of a bare form: ``options`` are records or (value, word); ``empty`` is the word for no choice."""
    pairs = [(row.pk, row) if hasattr(row, "pk") else row for row in options]
    return _render(
        "choose", name=name, label=label, options=[*([("", empty)] if empty else []), *pairs], chosen=str(chosen)
    )


@register.simple_tag
def form_fields(form: Any) -> SafeString:
    helper = getattr(form, "helper", None)
    if helper is not None and helper.layout is not None:
        return format_html("{}{}", error_summary(form), render_crispy_form(form))
    shown = format_html_join("", "{}", ((field(form[name]),) for name in form.fields))
    return format_html("{}{}", error_summary(form), shown)


@register.simple_tag(takes_context=True)
def portal_form(context: Any, form: Any, submit: str = "", cancel_url: str = "", action: str = "") -> SafeString:
    return _render(
        "portal_form", form=form, submit=submit or getattr(form, "submit_label", "Lưu"), action=action,
        cancel_url=cancel_url or context.get("cancel_url", ""), csrf_token=context.get("csrf_token"),
    )  # fmt: skip


@register.simple_block_tag
def fieldset(content: str, title: str, hint: str = "") -> SafeString:
    return format_html(
        '<fieldset class="fieldset"><legend>{}</legend>{}{}</fieldset>', title,
        format_html('<p class="form-text">{}</p>', hint) if hint else "", content,
    )  # fmt: skip


@register.simple_block_tag
def form_buttons(content: str, submit: str = "Lưu", cancel_url: str = "") -> SafeString:
    cancel = link_button("Hủy bỏ", cancel_url, tone="quiet") if cancel_url else ""
    return format_html('<div class="form-buttons">{}{}{}</div>', button(submit), content, cancel)


@register.simple_tag
def upload_field(name: str, label: str, hint: str = "", multiple: bool = False, accept: str = "") -> SafeString:
    return _render("upload_field", name=name, label=label, hint=hint, multiple=multiple, accept=accept)


@register.simple_tag
def saved_state() -> SafeString:
    return _render("saved_state")


# --- domain pieces --------------------------------------------------------------------------------------------------
@register.simple_tag
def steps(path: Any, current: str, label: str = "Các bước") -> SafeString:
    path = [(str(value), word) for value, word in path]
    at = next((number for number, (value, _) in enumerate(path) if value == str(current)), -1)
    shown = [
        (word, "done" if number < at else "current" if number == at else "todo")
        for number, (_, word) in enumerate(path)
    ]
    return _render("steps", steps=shown, label=label)


@register.simple_tag
def progress_bar(done: int, total: int, label: str, tone: str = "") -> SafeString:
    return _render("progress_bar", done=done, total=total, label=label, tone=tone)


@register.simple_tag
def mini_bar(value: Any, maximum: Any, label: str, tone: str = "") -> SafeString:
    return format_html(
        '<span class="mini-bar"><progress max="{}" value="{}" aria-label="{}"></progress><span class="figure">{}'
        "</span></span>",
        maximum or 1, value or 0, f"{label}: {num(value)} trên {num(maximum)}", num(value),
    )  # fmt: skip


@register.simple_tag
def sparkline(values: Any, label: str) -> SafeString:
    """A line through ``values`` in a 100×24 box; None leaves a gap."""
    known = [Decimal(str(value)) for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (Decimal(0), Decimal(1))
    width = Decimal(92) / max(len(values) - 1, 1)
    runs: list[list[str]] = [[]]
    last = ("", "")
    for number, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        height = (Decimal(str(value)) - low) / (high - low) if high > low else Decimal("0.5")
        last = (f"{4 + number * width:.1f}", f"{20 - height * 16:.1f}")
        runs[-1].append(",".join(last))
    words = f"{label}: {', '.join(num(value) for value in values)}"
    return _render("sparkline", lines=[" ".join(run) for run in runs if run], last=last if known else None, words=words)


@register.simple_block_tag
def timeline(content: str) -> SafeString:
    return format_html('<ol class="timeline">{}</ol>', content)


@register.simple_tag
def event(
    text: str, at: Any = None, by: Any = "", note: str = "", tone: str = "neutral", changes: Any = ()
) -> SafeString:
    return _render("event", text=text, at=at, by=by, note=note, tone=tone, changes=changes)


@register.simple_tag
def audit_trail(entries: Any, labels: Any = None) -> SafeString:
    """``entries`` of core.audit.trail; ``labels`` maps an action to a word or to a Transition."""
    labels = labels or {}
    shown = []
    for entry in entries:
        word = labels.get(entry.action) or action_words(entry)
        changes = [
            (name, "" if old == "–" else old, new)
            for key, (name, old, new) in zip(entry.changes, change_words(entry), strict=True)
            if key != "status"
        ]
        shown.append(
            event(getattr(word, "label", word), entry.at, entry.actor or "Hệ thống", entry.note, changes=changes)
        )
    if not shown:
        return mark_safe('<p class="muted">Chưa có hoạt động nào được ghi.</p>')
    return timeline(mark_safe("".join(shown)))


@register.simple_block_tag
def inbox(content: str, label: str = "Việc đang chờ") -> SafeString:
    return format_html('<ul class="inbox" aria-label="{}">{}</ul>', label, content)


@register.simple_tag
def inbox_item(
    title: str,
    url: str,
    due: Any = None,
    note: str = "",
    tone: str = "",
    unread: bool = False,
    at: Any = None,
    done: int | None = None,
    total: int | None = None,
) -> SafeString:
    return _render(
        "inbox_item", title=title, url=url, due=due, note=note, tone=tone, unread=unread, at=at, done=done, total=total
    )


@register.simple_block_tag
def tree(content: str) -> SafeString:
    return format_html('<div class="tree">{}</div>', content)


@register.simple_block_tag
def branch(content: str, title: str, meta: Any = "", open: bool = False, findings: Any = ()) -> SafeString:
    return _render("branch", content=content, title=title, meta=meta, open=open, findings=findings)


@register.simple_tag
def findings(found: Any) -> SafeString:
    """What a checker says about one thing, as a list; nothing when it says nothing."""
    return _render("_findings", findings=found)


@register.simple_tag
def leaf(title: str, meta: Any = "", url: str = "", findings: Any = (), note: str = "") -> SafeString:
    return _render("leaf", title=title, meta=meta, url=url, findings=findings, note=note, content="")


@register.simple_block_tag
def leaf_block(content: str, title: str, meta: Any = "", url: str = "", findings: Any = ()) -> SafeString:
    return _render("leaf", title=title, meta=meta, url=url, findings=findings, note="", content=content)


@register.simple_block_tag(takes_context=True)
def compare_table(
    context: Any, content: str, caption: str = "So sánh điểm tự chấm, thẩm định và thống nhất"
) -> SafeString:
    return _render("compare_table", content=content, caption=caption)


@register.simple_tag
def compare_row(
    title: str, base: Any = None, self_score: Any = None, verified: Any = None, final: Any = None, reason: str = "",
    url: str = "",
) -> SafeString:  # fmt: skip
    return _compare(title, base, self_score, verified, final, reason, url, section=False)


@register.simple_tag
def compare_section(
    title: str, base: Any = None, self_score: Any = None, verified: Any = None, final: Any = None
) -> SafeString:
    return _compare(title, base, self_score, verified, final, "", "", section=True)


def _compare(
    title: str, base: Any, self_score: Any, verified: Any, final: Any, reason: str, url: str, *, section: bool
) -> SafeString:
    best = final if final is not None else verified
    gap = None if best is None or self_score is None else Decimal(str(best)) - Decimal(str(self_score))
    return _render(
        "compare_row", title=title, base=base, self_score=self_score, verified=verified, final=final, reason=reason,
        url=url, gap=gap, section=section,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def file_list(context: Any, files: Any, empty: str = "Chưa có tệp nào.") -> SafeString:
    return _render("file_list", files=files, empty=empty, csrf_token=context.get("csrf_token"))


@register.simple_tag
def model_pictures(pictures: Any) -> SafeString:
    """Pictures of a model or of a visit (``ModelPicture``), small, each opening the larger one; for people inside."""
    return _render("model_pictures", pictures=pictures)


@register.simple_tag
def sheet_picture(src: str, label: str, width: Any, height: Any) -> SafeString:
    """One printed page as a picture; ``width`` and ``height`` in any unit give its shape. Needs static/css/documents.css."""
    return _render("sheet_picture", src=src, label=label, width=f"{width:.0f}", height=f"{height:.0f}")


@register.simple_block_tag
def paper_sheet(content: str) -> SafeString:
    """What is meant for one sheet of paper: on screen in the width of a page, in print small and close."""
    return format_html('<article class="paper-sheet stack">{}</article>', content)


@register.simple_block_tag
def picture_line(content: str, picture: Any) -> SafeString:
    """One picture beside what can be said about it."""
    return _render("picture_line", content=content, picture=picture)


@register.simple_tag
def job_progress(job: Any, poll_url: str = "", file_url: str = "") -> SafeString:
    return _render(
        "job_progress", job=job, poll_url=poll_url, file_url=file_url, alive=job.state in job.LIVE,
        badge=state(job.state, job.get_state_display()),
    )  # fmt: skip
