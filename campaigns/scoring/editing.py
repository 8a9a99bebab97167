"""Changes to a scheme document (the content of a scheme file), each giving a new document and leaving the old as it was.

A node is named by its *place*: the positions from the top, so that a node without a code, or with one used twice, can be
mended too. What a change does not name stays as it was, to the last note.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from campaigns.scoring.rulefile import dump_number
from campaigns.scoring.schemefile import FORMAT

Document: TypeAlias = dict[str, Any]
Place: TypeAlias = tuple[int, ...]
LISTS = ("gates", "classes", "ties", "examples")
# Given for a floor: the format's own rule (0; none where the maximum is 0), which is not written. None means "no floor".
DEFAULT = object()


class NoSuchPlaceError(LookupError):
    """The document has nothing there (any more)."""


def empty_scheme(code: str, version: str, title: str, base: Decimal) -> Document:
    """A table that holds nothing but its name."""
    return {
        "format": FORMAT, "code": code, "version": version, "title": title, "base": dump_number(base), "sections": [],
        "ties": ["shared"],
    }  # fmt: skip


def plain(value: Any) -> Any:
    """The content of a file as JSON data: whole decimals as integers, others as text, dates as they are written."""
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return dump_number(value)


def place_text(place: Place) -> str:
    """The place as it stands in an address: 0-2-1."""
    return "-".join(map(str, place))


def read_place(text: str) -> Place:
    """Raises NoSuchPlaceError."""
    try:
        return tuple(int(part) for part in text.split("-")) if text else ()
    except ValueError as error:
        raise NoSuchPlaceError(text) from error


def node_at(document: Document, place: Place) -> Document:
    """The node itself, not a copy. Raises NoSuchPlaceError."""
    siblings, index = _siblings(document, place)
    return siblings[index]


def walk_nodes(document: Document) -> Iterator[tuple[Place, str, Document]]:
    """Every node with its place and the path under which the checker reports it, parents first."""
    yield from _walk(document.get("sections"), (), "")


def _walk(nodes: Any, above: Place, path: str) -> Iterator[tuple[Place, str, Document]]:
    for index, node in enumerate(nodes or []):
        code = node.get("code")
        here = (f"{path}/{code}" if path else code) if code else path
        yield (*above, index), here, node
        yield from _walk(node.get("children"), (*above, index), here)


def _siblings(document: Document, place: Place) -> tuple[list[Document], int]:
    """The list in which the node stands, and where."""
    if not place or min(place) < 0:
        raise NoSuchPlaceError(place)
    siblings: Any = document.get("sections") or []
    for step in place[:-1]:
        if step >= len(siblings):
            raise NoSuchPlaceError(place)
        siblings = siblings[step].get("children") or []
    if place[-1] >= len(siblings):
        raise NoSuchPlaceError(place)
    return siblings, place[-1]


def set_keys(item: Document, values: Mapping[str, Any]) -> None:
    """Write ``values``; None takes the key away."""
    for key, value in values.items():
        if value is None:
            item.pop(key, None)
        else:
            item[key] = value


# --- the whole --------------------------------------------------------------------------------------------------------
def set_general(document: Document, values: Mapping[str, Any]) -> Document:
    """Title, base, rounding, caps, provenance."""
    changed = copy.deepcopy(document)
    _write(changed, values)
    return changed


def _write(item: Document, values: Mapping[str, Any]) -> None:
    set_keys(item, {key: value for key, value in values.items() if key != "floor"})
    if values.get("floor", DEFAULT) is not DEFAULT:
        item["floor"] = values["floor"]
    elif "floor" in values:
        item.pop("floor", None)


# --- nodes ------------------------------------------------------------------------------------------------------------
def add_node(document: Document, parent: Place, values: Mapping[str, Any]) -> tuple[Document, Place]:
    """A new last child of ``parent`` (of the table itself when the place is empty). Raises NoSuchPlaceError."""
    changed = copy.deepcopy(document)
    owner = node_at(changed, parent) if parent else changed
    children = owner.setdefault("children" if parent else "sections", [])
    node: Document = {}
    children.append(node)
    _write(node, values)
    return changed, (*parent, len(children) - 1)


def set_node(document: Document, place: Place, values: Mapping[str, Any]) -> Document:
    """The node with other values; what lies below stays. A new code is followed wherever the old one is named."""
    old = node_at(document, place).get("code")
    changed = copy.deepcopy(document)
    _write(node_at(changed, place), values)
    return _follow(document, changed, old, values.get("code"))


def delete_node(document: Document, place: Place) -> Document:
    """Without the node and all below it."""
    changed = copy.deepcopy(document)
    siblings, index = _siblings(changed, place)
    del siblings[index]
    if not siblings and len(place) > 1:
        node_at(changed, place[:-1]).pop("children")
    return changed


def move_node(document: Document, place: Place, step: int) -> Document:
    """The node before (-1) or after (1) its neighbour; at the end of the list nothing changes."""
    changed = copy.deepcopy(document)
    siblings, index = _siblings(changed, place)
    _swap(siblings, index, step)
    return changed


def _swap(items: list[Any], index: int, step: int) -> None:
    other = index + step
    if 0 <= other < len(items):
        items[index], items[other] = items[other], items[index]


# --- rules of a leaf --------------------------------------------------------------------------------------------------
def rule_at(document: Document, place: Place, index: int) -> Document:
    """The rule itself. Raises NoSuchPlaceError."""
    rule: Document = _item(node_at(document, place).get("rules") or [], index)
    return rule


def set_rule(document: Document, place: Place, index: int | None, rule: Mapping[str, Any]) -> Document:
    """The leaf with this rule in place of the one at ``index``, or as its last."""
    changed = copy.deepcopy(document)
    rules = node_at(changed, place).setdefault("rules", [])
    if index is None:
        rules.append(dict(rule))
        return changed
    old = _item(rules, index).get("code")
    rules[index] = dict(rule)
    return _follow(document, changed, old, rule.get("code"))


def delete_rule(document: Document, place: Place, index: int) -> Document:
    changed = copy.deepcopy(document)
    node = node_at(changed, place)
    _item(node.get("rules") or [], index)
    del node["rules"][index]
    if not node["rules"]:
        node.pop("rules")
    return changed


def move_rule(document: Document, place: Place, index: int, step: int) -> Document:
    changed = copy.deepcopy(document)
    rules = node_at(changed, place).get("rules") or []
    _item(rules, index)
    _swap(rules, index, step)
    return changed


# --- gates, classes, ties, examples -----------------------------------------------------------------------------------
def item_at(document: Document, name: str, index: int) -> Any:
    """Raises NoSuchPlaceError."""
    return _item(document.get(name) or [] if name in LISTS else [], index)


def set_item(document: Document, name: str, index: int | None, item: Any) -> Document:
    """The document with this gate, class or tie in place of the one at ``index``, or as the last."""
    changed = copy.deepcopy(document)
    items = changed.setdefault(name, [])
    if index is None:
        items.append(item)
        return changed
    old = _item(items, index)
    items[index] = item
    key = {"gates": "code", "classes": "label"}.get(name)
    return _follow(document, changed, old.get(key), item.get(key)) if key else changed


def delete_item(document: Document, name: str, index: int) -> Document:
    item_at(document, name, index)
    changed = copy.deepcopy(document)
    del changed[name][index]
    if not changed[name]:
        changed.pop(name)
    return changed


def move_item(document: Document, name: str, index: int, step: int) -> Document:
    item_at(document, name, index)
    changed = copy.deepcopy(document)
    _swap(changed[name], index, step)
    return changed


def _item(items: list[Any], index: int) -> Any:
    if not 0 <= index < len(items):
        raise NoSuchPlaceError(index)
    return items[index]


# --- codes that are named elsewhere -----------------------------------------------------------------------------------
def names_of(document: Document) -> list[str]:
    """Codes of nodes, rules and gates, and labels of classes, each as often as it is used."""
    found = [gate.get("code") for gate in document.get("gates") or []]
    found += [item.get("label") for item in document.get("classes") or []]
    for _, _, node in walk_nodes(document):
        found += [node.get("code"), *(rule.get("code") for rule in node.get("rules") or [])]
    return [name for name in found if isinstance(name, str)]


def _follow(before: Document, changed: Document, old: Any, new: Any) -> Document:
    """The references to ``old`` renamed to ``new``, where no doubt is possible about whom they mean."""
    if not old or not new or old == new or names_of(before).count(old) != 1 or new in names_of(before):
        return changed

    def rename(name: Any) -> Any:
        return new if name == old else name

    for _, _, node in walk_nodes(changed):
        for rule in node.get("rules") or []:
            _rename_in(rule, ("requires", "unless", "input"), rename)
    for gate in changed.get("gates") or []:
        _rename_in(gate.get("when") or {}, ("zero_leaf", "of"), rename)
        _rename_in(gate.get("effect") or {}, ("best_class",), rename)
    for item in changed.get("classes") or []:
        _rename_in(item, ("requires",), rename)
    for tie in changed.get("ties") or []:
        _rename_in(tie if isinstance(tie, dict) else {}, ("section",), rename)
    for example in changed.get("examples") or []:
        _rename_in(example, ("given", "given_nodes", "gates"), rename)
        _rename_in(example.get("expect") or {}, ("node", "class", "gates"), rename)
        for unit in example.get("ranking") or []:
            _rename_in(unit, ("sections",), rename)
    return changed


def _rename_in(item: Document, keys: tuple[str, ...], rename: Callable[[Any], Any]) -> None:
    """Names under ``keys``: one name, a list of names, or a mapping by name."""
    for key in keys:
        value = item.get(key)
        if isinstance(value, list):
            item[key] = [rename(name) for name in value]
        elif isinstance(value, dict):
            item[key] = {rename(name): part for name, part in value.items()} if key != "unless" else value
        elif value is not None:
            item[key] = rename(value)
