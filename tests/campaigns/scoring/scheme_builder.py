"""Small scheme files for the scoring tests."""

from copy import deepcopy
from decimal import Decimal
from pathlib import Path

from campaigns.scoring.engine import evaluate
from campaigns.scoring.schemefile import load_scheme
from dvk_portal.core.datafile import load_yaml

TABLES = sorted((Path(__file__).parents[3] / "campaigns" / "data" / "schemes").glob("*.yaml"))


def table(path):
    return load_yaml(path.read_bytes(), yaml_1_1_booleans=True)


def leaf(rules, *, code="L", maximum=10, **more):
    return {"code": code, "title": "Tiêu chí", "max": maximum, "evidence": ["báo cáo"], "rules": rules, **more}


def section(children, *, code="S", maximum=10, **more):
    return {"code": code, "title": "Phần", "max": maximum, "children": children, **more}


def scheme_of(*sections, base=10, **more):
    return deepcopy({
        "format": "dvk-scheme/1", "code": "thu", "version": "1", "title": "Bảng thử", "base": base,
        "sections": list(sections), **more,
    })


def loaded(obj):
    scheme, errors, _ = load_scheme(obj)
    assert errors == []
    return scheme


def one_leaf(rules, **more):
    """A scheme of one leaf, read."""
    item = leaf(rules, **more)
    return loaded(scheme_of(item, base=item["max"]))


def score(rules, inputs, *, stage="verified", **more):
    """The line of the only leaf."""
    return evaluate(one_leaf(rules, **more), inputs, stage=stage).by_code["L"]


def errors_of(obj):
    return [(item.path, item.code) for item in load_scheme(obj)[1]]


def warnings_of(obj):
    scheme, errors, warnings = load_scheme(obj)
    assert scheme is not None, errors
    return [(item.path, item.code) for item in warnings]


def D(text):
    return Decimal(str(text))
