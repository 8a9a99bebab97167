"""Charts and maps drawn by the server (docs/design.md): they need no script, print, and stand beside a table of the same figures.

Loaded by the pages that need them (``{% load charts %}``), which also bring static/css/charts.css.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dvk_portal.core.templatetags.ui import num

register = template.Library()


@register.simple_tag
def bars(
    rows: Iterable[tuple[Any, Any]], label: str, unit: str = "", maximum: Any = None, tone: str = "active"
) -> SafeString:
    """Horizontal bars of (word, value); None is shown as nothing known. A picture for the eye: the table beside it is read."""
    rows = [(word, value) for word, value in rows]
    known = [Decimal(str(value)) for _, value in rows if value is not None]
    top = Decimal(str(maximum)) if maximum is not None else max(known, default=Decimal(0))
    shown = [
        (word, f"{num(value)}{unit if value is not None else ''}", f"{100 * Decimal(str(value or 0)) / (top or 1):.2f}")
        for word, value in rows
    ]
    words = "; ".join(f"{word}: {figure}" for word, figure, _ in shown)
    return _render("bars", rows=shown, label=f"{label}. {words}", tone=tone)


@register.simple_tag
def share_bar(shares: Iterable[tuple[str, int]], label: str) -> SafeString:
    """One bar cut into the shares of (word, count), in the order and colours of ``share_key``."""
    shares = list(shares)
    whole = sum(count for _, count in shares) or 1
    parts, at = [], Decimal(0)
    for place, (_, count) in enumerate(shares, 1):
        width = Decimal(100 * count) / whole
        parts.append((place, f"{at:.2f}", f"{width:.2f}"))
        at += width
    words = ", ".join(f"{word} {count}" for word, count in shares)
    return _render("share_bar", parts=parts, label=f"{label}: {words}")


@register.simple_tag
def share_key(words: Iterable[Any]) -> SafeString:
    """What the colours of ``share_bar`` mean."""
    lines = format_html_join("", '<li><span class="swatch part-{}"></span>{}</li>', enumerate(words, 1))
    return format_html('<ul class="legend">{}</ul>', lines)


@register.simple_tag
def map_legend(classes: Iterable[Any], title: str) -> SafeString:
    """``classes`` with ``level`` (0–5) and ``label``."""
    lines = format_html_join(
        "", '<li><span class="swatch level-{}"></span>{}</li>', ((row.level, row.label) for row in classes)
    )
    return format_html(
        '<p class="legend-title" id="chu-giai">{}</p><ul class="legend" aria-labelledby="chu-giai">{}</ul>',
        title,
        lines,
    )


@register.simple_tag
def tile_map(areas: Iterable[tuple[str, str, int, str]], label: str) -> SafeString:
    """A square per unit: (name, figure in words, level 0–5, address of its list)."""
    return _render("tile_map", areas=list(areas), label=label)


@register.simple_tag
def shape_map(areas: Iterable[tuple[str, str, int, str, str]], label: str, width: int, height: int) -> SafeString:
    """Outlines: (name, figure in words, level 0–5, address of its list, path)."""
    return _render("shape_map", areas=list(areas), label=label, width=width, height=height)


def _render(name: str, **context: Any) -> SafeString:
    return render_to_string(f"components/charts/{name}.html", context)
