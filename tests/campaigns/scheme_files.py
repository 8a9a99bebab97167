"""Scheme and indicator files for the tests: the real tables, and bad files of every kind with what must be said."""

from pathlib import Path

TABLES = sorted((Path(__file__).parents[2] / "campaigns" / "data" / "schemes").glob("*.yaml"))
CATALOGUE = Path(__file__).parents[2] / "campaigns" / "data" / "indicators.yaml"

GOOD = """
format: dvk-scheme/1
code: bang-nho
version: "1"
title: Bảng nhỏ
base: 10
sections:
  - code: "1"
    title: Phần một
    max: 10
    children:
      - {code: "1.1", title: Tiêu chí một, max: 4, evidence: [báo cáo], rules: [{kind: yes_no, points: 4}]}
      - code: "1.2"
        title: Tiêu chí hai
        max: 6
        note: giữ nguyên
        evidence: [số liệu]
        rules:
          - {code: "1.2.1", kind: band, bands: [{ge: 90, points: 6, note: tốt}, {lt: 90, points: "2.5"}]}
          - {code: "1.2.2", kind: once, role: deduct, points: 1, unless: {code: "1.2.k", label: tự khắc phục}}
      - {code: "1.3", title: Tiêu chí ba, max: 0, evidence: [x], rules: [{kind: choice, role: bonus, options: {tot: {points: 2, label: Tốt}, kha: {points: 1}}}]}
gates:
  - {code: KL, label: bị kỷ luật, when: {zero_leaf: ["1.1"]}, effect: {best_class: Khá}}
classes:
  - {label: Tốt, ge: 8}
  - {label: Khá, below: true}
ties: [{section: "1"}, decision]
examples:
  - {code: ex1, given: {"1.1": true, "1.2.1": 95, "1.2.2": false, "1.3": tot}, expect: {total: 12, class: Tốt}}
"""

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b]\n"

# name → (bytes, what the sentences must hold)
BAD_SCHEMES = {
    "not yaml": (b"format: [dvk", "dòng"),
    "binary": (b"\x00\xff\xfe", "UTF-8"),
    "other format": (GOOD.replace("dvk-scheme/1", "dvk-indicators/1").encode(), "format: dvk-scheme/1"),
    "empty": (b"", "format: dvk-scheme/1"),
    "a list": (b"- 1\n- 2\n", "format: dvk-scheme/1"),
    "duplicate code": (GOOD.replace('code: "1.1"', 'code: "1.2"').encode(), "1/1.2: Mã “1.2” đã dùng"),
    "wrong sum": (
        GOOD.replace("title: Tiêu chí một, max: 4", "title: Tiêu chí một, max: 3").encode(),
        "1: Điểm các mục con",
    ),
    "wrong base": (GOOD.replace("base: 10", "base: 11").encode(), "khác tổng điểm 11"),
    "class gap": (GOOD.replace("{label: Khá, below: true}", "{label: Khá, ge: 5, lt: 7}").encode(), "classes/Khá"),
    "unknown reference": (GOOD.replace('zero_leaf: ["1.1"]', 'zero_leaf: ["9.9"]').encode(), "gates/KL"),
    "unknown key": (GOOD.replace("max: 6", "maximum: 6").encode(), "1/1.2"),
    "overlapping bands": (GOOD.replace("{lt: 90, points", "{lt: 95, points").encode(), "1/1.2/1.2.1"),
    "ten megabytes of nonsense": (b"x: " + b"y" * 10_000_000, "quá lớn"),
    "a bomb": (BOMB.encode(), "tham chiếu YAML"),
    "too deep": (b"[" * 5000 + b"]" * 5000, "lồng nhau"),
    "title too long": (GOOD.replace("Bảng nhỏ", "B" * 300).encode(), "dài quá 250"),
}

INDICATORS = """
format: dvk-indicators/1
groups: [{code: nhom, title: Nhóm, order: 1}]
indicators:
- {code: a_dat, group: nhom, label: Đạt, name: Số đạt, measure: cuộc, kind: flow}
- {code: a_tong, group: nhom, label: Tổng, name: Tổng số, measure: cuộc, kind: flow}
- {code: a_tyle, group: nhom, label: Tỷ lệ, name: Tỷ lệ đạt, measure: "%", kind: ratio, numerator: a_dat, denominator: a_tong, ask: false}
"""

BAD_INDICATORS = {
    "not yaml": (b"format: [dvk", "dòng"),
    "other format": (GOOD.encode(), "dvk-indicators/1"),
    "empty": (b"", "danh mục"),
    "duplicate code": (INDICATORS.replace("code: a_tong", "code: a_dat", 1).encode(), "được dùng hai lần"),
    "unknown part": (
        INDICATORS.replace("numerator: a_dat", "numerator: khong_co").encode(),
        "indicators.a_tyle.numerator",
    ),
    "stock summed over time": (
        INDICATORS.replace("name: Số đạt, measure: cuộc, kind: flow", "name: x, kind: stock, over_time: sum").encode(),
        "indicators.a_dat.over_time",
    ),
    "ratio that is typed": (INDICATORS.replace(", ask: false", "").encode(), "indicators.a_tyle.ask"),
    "label too long": (INDICATORS.replace("label: Đạt", f"label: {'Đ' * 130}").encode(), "indicators.a_dat.label"),
    "unknown group": (INDICATORS.replace("group: nhom, label: Đạt", "group: la, label: Đạt").encode(), "a_dat.group"),
    "ten megabytes of nonsense": (b"x: " + b"y" * 10_000_000, "quá lớn"),
    "a bomb": (BOMB.encode(), "tham chiếu YAML"),
}
