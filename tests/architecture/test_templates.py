"""Rules of the templates: nothing inline (the policy forbids it), no rule about roles, Vietnamese pages say so."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
# What the browser would refuse under the Content-Security-Policy, or what would hide a right in a template.
FORBIDDEN = {
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "inline script": re.compile(r"<script(?![^>]*\bsrc\s*=)[^>]*>", re.I),
    "event handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.I),
    "script address": re.compile(r"""=\s*["']\s*javascript:""", re.I),
    "htmx code in an attribute": re.compile(r"\shx-on[:a-z-]*\s*=|hx-vals\s*=\s*[\"']\s*js:", re.I),
    "a rule about roles": re.compile(
        r"\{%-?\s*(el)?if\b[^%]*(\.role\b|\broles\b|has_role|is_superuser|is_staff)", re.I
    ),
    "something from another server": re.compile(r"""\s(src|href|action)\s*=\s*["']\s*(https?:)?//(?!\{\{)""", re.I),
    "unescaped text": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off", re.I),
}
_COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", re.S)


def test_there_are_templates_to_check():
    assert len(PAGES) > 50


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_no_template_holds(rule):
    found = [
        f"{path.relative_to(TEMPLATES)}: {match.group(0).strip()[:80]}"
        for path in PAGES
        if (match := FORBIDDEN[rule].search(_COMMENT.sub("", path.read_text("utf-8"))))
    ]

    assert found == []


def test_every_whole_page_says_that_it_is_vietnamese():
    """A page that writes its own <html> (the error pages stand alone) names the language for screen readers."""
    heads = {
        str(path.relative_to(TEMPLATES)): re.search(r"<html[^>]*>", text).group(0)
        for path in PAGES
        if "<html" in (text := path.read_text("utf-8"))
    }

    assert heads
    assert [name for name, tag in heads.items() if 'lang="vi"' not in tag and not name.startswith("admin/")] == []
