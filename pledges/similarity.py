"""How alike two models are, from their Vietnamese names, ways of working and places (practice.md W-34). Plain Python.

A model is kept as two short texts (``similarity_key``, ``place_key``), so that a comparison with the whole register reads no
long text. Words are compared without marks; the same marks count more; what many models say weighs little (the register
itself tells how many). Elsewhere a like name alone is nothing: "Tuyến đường hoa" stands in every commune.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from dvk_portal.core.text import search_key

# Word without marks, and its marks ("" none; ANY: written out from an abbreviation, so that any marks fit).
Token = tuple[str, str]
ANY = "*"
HAMLET = "kdc"  # stands for ấp, khóm, thôn, bản, buôn, khu phố, tổ dân phố …
MAX_METHOD_WORDS = 90

_TELEX = {
    "\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j", "\u0306": "v", "\u0302": "^", "\u031b": "w",
}  # fmt: skip
_ABBREVIATIONS = {
    "tdp": "tổ dân phố", "kp": "khu phố", "kdc": "khu dân cư", "clb": "câu lạc bộ", "ubnd": "ủy ban nhân dân",
    "mttq": "mặt trận tổ quốc", "ubmttq": "mặt trận tổ quốc", "hpn": "hội phụ nữ", "lhpn": "liên hiệp phụ nữ",
    "hlhpn": "hội liên hiệp phụ nữ", "ccb": "cựu chiến binh", "hccb": "hội cựu chiến binh", "hnd": "hội nông dân",
    "dtn": "đoàn thanh niên", "nct": "người cao tuổi", "antt": "an ninh trật tự", "ntm": "nông thôn mới",
    "dvk": "dân vận khéo", "bvmt": "bảo vệ môi trường", "vsmt": "vệ sinh môi trường", "atgt": "an toàn giao thông",
    "pccc": "phòng cháy chữa cháy", "htx": "hợp tác xã", "cds": "chuyển đổi số", "dtts": "dân tộc thiểu số",
    "mh": "mô hình", "gtnt": "giao thông nông thôn", "vhvn": "văn hóa văn nghệ", "tdtt": "thể dục thể thao",
}  # fmt: skip
# Several ways of saying one thing, without marks; a phrase that stands for itself is there to protect its words.
_SAME = {
    "duong lang": "duong que", "duong nong thon": "duong que", "duong thon": "duong que", "duong thon xom": "duong que",
    "chieu sang": "thap sang", "rac thai": "rac", "chat thai": "rac", "xoa doi giam ngheo": "giam ngheo",
    "giu gin ve sinh moi truong": "bao ve moi truong", "ve sinh moi truong": "bao ve moi truong",
    "trat tu an toan xa hoi": "an ninh trat tu", "hoi lien hiep phu nu": "phu nu", "hoi phu nu": "phu nu",
    "lien hiep phu nu": "phu nu", "mat tran to quoc viet nam": "mat tran", "mat tran to quoc": "mat tran",
    "uy ban mat tran to quoc": "mat tran", "khu dan cu": HAMLET, "to dan pho": HAMLET, "khu pho": HAMLET,
    "nong thon": "nong thon", "cham soc": "cham soc", "van ban": "van ban", "co ban": "co ban", "lang nghe": "lang nghe",
}  # fmt: skip
_PHRASES = {tuple(said.split()): tuple(meant.split()) for said, meant in _SAME.items()}
_LONGEST = max(map(len, _PHRASES))
# Kinds of hamlets of one word: (without marks, with which marks in a running text).
_HAMLETS = {"khom": "s", "ap": "^s", "thon": "^", "buon": "^", "ban": "r", "soc": "s", "phum": "", "plei": ""}
# Words of an address that tell no place: kinds of hamlets and units, "toàn xã", "trên địa bàn".
_NO_PLACE = {
    *_HAMLETS, "kdc", "lang", "xom", "so", "xa", "phuong", "thi", "tran", "dac", "khu", "huyen", "quan", "thanh", "pho", "tinh",
    "toan", "cac", "tren", "dia", "ban", "tai", "va", "o", "nhieu",
}  # fmt: skip

# Share of models that say a word, before the register has told. Many documents of this size are supposed to exist already.
_SUPPOSED = 300
_SHARES = {
    0.9: "mo hinh dien dan van kheo va cua cac trong cho voi la duoc de nhung tai tren theo den tu cung nhau moi ve khi co "
    "khong nguoi ho nhan",
    0.3: "to cau lac bo doi nhom chi hoi phong trao cuoc dong xay dung thuc hien tuyen truyen thanh vien tham gia tap the ca "
    "cong trinh phan viec kdc gia dinh dia phuong doan lien hiep",
    0.12: "duong tuyen hoa an ninh trat camera thap sang xanh sach dep moi truong rac giam ngheo giup kinh te phu nu nong thon "
    "que thanh nien cuu chien binh quan ly phong chong toi pham hiem dat van hoa nep song hoc tre em dong gop ung ho tiet kiem "
    "tien ngay cong lao chinh quyen so hoa chuyen doi cong dong hop nghe nuoi trong vay von",
}
_PRIOR = {word: share * _SUPPOSED for share in sorted(_SHARES) for word in _SHARES[share].split()}


@dataclass(frozen=True)
class Tuning:
    """What counts how much. Shares are of 1, the score is of 100."""

    threshold: int = 55  # from here on an officer must decide
    by_name: float = 0.67  # name against text where the name decides …
    by_text: float = 0.9  # … and text against name where the text does (one thing under two names)
    name_elsewhere: float = 0.15  # in another unit, and …
    name_in_unit: float = 0.25  # … in another place of the unit: the rest is the text's
    other_field: float = 0.95
    text_information: float = 60.0  # nats that a shared text must carry to count fully elsewhere
    commonplace: int = 8  # a text that more models elsewhere write alike is a set phrase and tells nothing
    least_words: int = 4  # shorter texts are not compared


class Place(IntEnum):
    """How the places of two models lie to each other."""

    ELSEWHERE = 0
    UNIT = 1
    UNCLEAR = 2
    SAME = 3


_PLACE_WORDS = {
    Place.SAME: "cùng nơi thực hiện", Place.UNCLEAR: "cùng đơn vị, nơi thực hiện ghi chưa rõ",
    Place.UNIT: "cùng đơn vị, khác nơi", Place.ELSEWHERE: "khác đơn vị",
}  # fmt: skip
# What the place adds at once, and the most that it allows.
_PLACE_SHARE = {
    Place.SAME: (0.1, 1.0),
    Place.UNCLEAR: (0.05, 0.95),
    Place.UNIT: (0.0, 0.95),
    Place.ELSEWHERE: (0.0, 0.9),
}


@dataclass(frozen=True)
class Described:
    """A model as it is compared. ``unit`` and ``field`` are any marks of identity."""

    name: frozenset[Token]
    method: frozenset[str]
    place: frozenset[str]
    unit_words: frozenset[str]
    unit: str
    field: str
    marked: bool = True

    @classmethod
    def of(cls, similarity_key: str, place_key: str, unit: object = "", subject_field: object = "") -> "Described":
        """From the keys as they are stored."""
        name, _, method = similarity_key.partition("\n")
        place, _, words = place_key.partition("|")
        tokens = frozenset(_token(word) for word in name.split())
        return cls(
            tokens,
            frozenset(method.split()),
            frozenset(place.split()),
            frozenset(words.split()),
            str(unit),
            str(subject_field),
            any(marks not in ("", ANY) for _, marks in tokens),
        )


def _token(word: str) -> Token:
    plain, _, marks = word.partition("/")
    return plain, marks


@dataclass(frozen=True)
class Likeness:
    """How alike two models are: ``score`` 0 to 100, and why, in words."""

    score: float
    reasons: tuple[str, ...]
    place: Place


# --- keys -----------------------------------------------------------------------------------------------------------
def similarity_key(name: str, method: str, place: str, unit_name: str) -> str:
    """What is compared of name and way of working; the place that a name repeats is left out, it is judged by itself."""
    words = _canonical(name)
    for other in (place, unit_name):
        words = _without(words, _address(other))
    if len(words) > 1:
        words = [word for word in words if word[0] != HAMLET]
    said = dict.fromkeys(word for word, _ in _canonical(method) if word != HAMLET)
    tokens = sorted({f"{plain}/{marks}" if marks else plain for plain, marks in words})
    return " ".join(tokens) + "\n" + " ".join(sorted(list(said)[:MAX_METHOD_WORDS]))


def place_key(place: str, unit_name: str) -> str:
    """ "binh hoa|chau phong": the place within its unit, and the unit, without the words that say what kind they are."""
    unit = _address(unit_name)
    words = [word for word, _ in _without([(word, "") for word in _address(place)], unit)]
    return f"{_cut(words, 110)}|{_cut(unit, 85)}"


def _cut(words: Sequence[str], longest: int) -> str:
    text = " ".join(words)
    return text if len(text) <= longest else text[:longest].rpartition(" ")[0]


def _address(text: str) -> list[str]:
    return [word for word, _ in _canonical(text) if word not in _NO_PLACE]


def _words(text: str) -> list[Token]:
    text = unicodedata.normalize("NFC", text).lower()
    seen = "".join(char for char in text if char.isspace() or unicodedata.category(char) not in ("Cf", "Cc", "Cs"))
    return [(search_key(word), _marks(word)) for word in re.findall(r"[^\W_]+", seen)]


def _marks(word: str) -> str:
    """The marks of a word in one order, wherever the tone is written (hoà, hòa)."""
    found = [_TELEX.get(char, "d" if char == "đ" else "") for char in unicodedata.normalize("NFD", word)]
    return "".join(sorted(found))


def _canonical(text: str) -> list[Token]:
    """Words with abbreviations written out and several ways of saying one thing made one."""
    words: list[Token] = []
    for plain, marks in _words(text):
        full = _ABBREVIATIONS.get(plain) if not marks or plain in ("cds", "dtn") else None
        words += [(search_key(word), ANY) for word in full.split()] if full else [(plain, marks)]
    found: list[Token] = []
    at = 0
    while at < len(words):
        length, meant = _phrase_at(words, at)
        numbered = words[at][0] == "so" and bool(found) and found[-1][0] == HAMLET  # "tổ dân phố số 3"
        found += [] if numbered else meant
        at += length
    return found


def _phrase_at(words: list[Token], at: int) -> tuple[int, list[Token]]:
    for length in range(min(_LONGEST, len(words) - at), 1, -1):
        part = words[at : at + length]
        said = tuple(word for word, _ in part)
        meant = _PHRASES.get(said)
        if meant is not None:
            return length, part if meant == said else [(word, ANY) for word in meant]
    plain, marks = words[at]
    return 1, [(HAMLET, ANY)] if _HAMLETS.get(plain) == marks else [(plain, marks)]


def _without(words: list[Token], run: Sequence[str]) -> list[Token]:
    """``words`` less the first place where the words of ``run`` follow one another."""
    plain, length = [word for word, _ in words], len(run)
    for at in range(len(words) - length + 1 if length else 0):
        if plain[at : at + length] == list(run):
            return words[:at] + words[at + length :]
    return words


# --- how much a word tells ------------------------------------------------------------------------------------------
class Weights(dict[str, float]):
    """How much each word tells, in nats: little when many models say it."""

    def __init__(self, counts: Mapping[str, int], models: int) -> None:
        super().__init__()
        self.counts, self.all = counts, models + _SUPPOSED

    @classmethod
    def of(cls, keys: Iterable[str]) -> "Weights":
        """From the similarity keys of the register."""
        texts = list(keys)
        plain: Counter[str] = Counter()
        for word, count in Counter("\n".join(texts).split()).items():
            plain[word.partition("/")[0]] += count
        return cls(plain, len(texts))

    def __missing__(self, word: str) -> float:
        known = self.counts.get(word, 0) + _PRIOR.get(word, 0) + 1
        self[word] = max(math.log(self.all / known), 0.05) if known < self.all else 0.05
        return self[word]

    def is_rare(self, word: str) -> bool:
        return self.counts.get(word, 0) <= 1 and word not in _PRIOR


# --- comparison -----------------------------------------------------------------------------------------------------
def compare(one: Described, other: Described, weights: Weights, tuning: Tuning | None = None) -> Likeness:
    """How alike two models are. Symmetric; 100 with itself."""
    tuning = tuning or Tuning()
    place = relate(one, other)
    text = _text_likeness(one, other, weights, tuning)
    return _judge(one, other, place, text, weights, tuning)


@dataclass(frozen=True)
class Row:
    """A model of the register as its columns hold it."""

    key: int
    similarity_key: str
    place_key: str
    unit: object = ""
    field: object = ""

    @property
    def described(self) -> Described:
        return Described.of(self.similarity_key, self.place_key, self.unit, self.field)


def closest(
    one: Described, register: Sequence[Row], weights: Weights, tuning: Tuning | None = None
) -> list[tuple[int, Likeness]]:
    """Those of the register about which somebody must decide, the most alike first."""
    tuning = tuning or Tuning()
    near: list[tuple[int, Likeness]] = []
    far: list[tuple[int, Likeness]] = []
    for row in _worth_comparing(one, register, weights, tuning):
        likeness = compare(one, row.described, weights, tuning)
        if likeness.score >= tuning.threshold:
            (near if likeness.place > Place.UNIT else far).append((row.key, likeness))
    if len(far) > tuning.commonplace:
        far = []
    return sorted(near + far, key=lambda found: (-found[1].score, found[0]))


def _worth_comparing(one: Described, register: Sequence[Row], weights: Weights, tuning: Tuning) -> Iterable[Row]:
    """Rows that may reach the threshold: of the unit, naming the place, or sharing enough of the text. Quick: no sets."""
    whole = _square(one.method, weights)
    least = min(_least_text(place, tuning) for place in (Place.UNIT, Place.ELSEWHERE))
    squares = {word: weights[word] ** 2 for word in one.method}
    for row in register:
        if str(row.unit) == one.unit or _may_name_one_place(one, row):
            yield row
            continue
        shared = one.method.intersection(row.similarity_key.partition("\n")[2].split())
        told = sum(map(weights.__getitem__, shared))
        # The likeness is at most the root of the share that the other text has of this one.
        reached = math.sqrt(sum(map(squares.__getitem__, shared)) / whole) if shared else 0.0
        if reached * min(1.0, told / tuning.text_information) >= least - 1e-9:
            yield row


def _may_name_one_place(one: Described, row: Row) -> bool:
    words = frozenset(row.place_key.partition("|")[0].split())
    if not words or not (one.place <= words or words <= one.place):
        return False
    return relate(one, row.described) == Place.SAME


def _least_text(place: Place, tuning: Tuning) -> float:
    """What the text must reach elsewhere even with the same name."""
    share = tuning.name_in_unit if place == Place.UNIT else tuning.name_elsewhere
    return (tuning.threshold / 100 / _PLACE_SHARE[place][1] - share) / (1 - share)


def relate(one: Described, other: Described) -> Place:
    """How the places lie: by the words of the places, and of the units where one names the other's."""
    if one.unit == other.unit:
        if _is_same(one.place, other.place):
            return Place.SAME
        return Place.UNCLEAR if one.place <= other.place or other.place <= one.place else Place.UNIT
    if not (one.place and other.place):
        return Place.ELSEWHERE
    named = (one.unit_words and one.place | one.unit_words <= other.place) or (
        other.unit_words and other.place | other.unit_words <= one.place
    )
    one_area = (
        one.unit_words
        and other.unit_words
        and (one.unit_words <= other.unit_words or other.unit_words <= one.unit_words)
    )
    if named or (one.place == other.place and (one_area or len(one.place) > 3)):
        return Place.SAME
    return Place.ELSEWHERE


def _is_same(one: frozenset[str], other: frozenset[str]) -> bool:
    """The same words, or one of them a slip away."""
    if one == other:
        return True
    left, right = one - other, other - one
    return len(left) == len(right) == 1 and bool(one & other) and is_slip(*left, *right)


def is_slip(one: str, other: str) -> bool:
    """Whether one letter was typed wrongly, left out, added, or two were swapped. Never within numbers or short words."""
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 1 or not (one.isalpha() and other.isalpha()):
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    one, other = one[start:], other[start:]
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return swapped or one[1:] == other[1:] or one[1:] == other or one == other[1:]


def _text_likeness(one: Described, other: Described, weights: Weights, tuning: Tuning) -> tuple[float, float] | None:
    """Likeness of the ways of working, and what of it counts elsewhere; None when one of the two says too little."""
    if min(len(one.method), len(other.method)) < tuning.least_words:
        return None
    if one.method == other.method:
        shared = one.method
        likeness = 1.0
    else:
        shared = one.method & other.method
        likeness = _square(shared, weights) / math.sqrt(_square(one.method, weights) * _square(other.method, weights))
    told = math.fsum(weights[word] for word in shared)
    return likeness, likeness * min(1.0, told / tuning.text_information)


def _square(words: Iterable[str], weights: Weights) -> float:
    return math.fsum(weights[word] ** 2 for word in words)


def _name_likeness(one: Described, other: Described, weights: Weights) -> float:
    if one.name == other.name:
        return 1.0
    same = one.name & other.name
    pairs = [(weights[word] ** 2, 1.0) for word, _ in same]
    left, right = one.name - same, other.name - same
    possible = [
        (-fit, min(a, b), max(a, b), a, b)
        for a in left
        for b in right
        if (fit := _fit(a, b, one.marked and other.marked, weights))
    ]
    for fit, _, _, a, b in sorted(possible):
        if a in left and b in right:
            left, right = left - {a}, right - {b}
            pairs.append((min(weights[a[0]], weights[b[0]]) ** 2, -fit))
    shared = math.fsum(2 * weight for weight, _ in pairs)
    alone = _square((word for word, _ in left), weights) + _square((word for word, _ in right), weights)
    return math.fsum(2 * weight * fit for weight, fit in pairs) / (shared + alone) if pairs else 0.0


def _fit(one: Token, other: Token, both_marked: bool, weights: Weights) -> float:
    """How well two words that are not the same fit: other marks, or a slip of the finger; 0 = not at all."""
    if one[0] == other[0]:
        if ANY in (one[1], other[1]):
            return 1.0
        if not both_marked:
            return 0.97
        return 0.85 if "" in (one[1], other[1]) else 0.6
    slip = is_slip(one[0], other[0]) and (weights.is_rare(one[0]) or weights.is_rare(other[0]))
    return 0.8 if slip else 0.0


def _judge(
    one: Described,
    other: Described,
    place: Place,
    text: tuple[float, float] | None,
    weights: Weights,
    tuning: Tuning,
) -> Likeness:
    name = _name_likeness(one, other, weights)
    if place > Place.UNIT:
        by_name = tuning.by_name * name + (1 - tuning.by_name) * text[0] if text else name
        content = max(by_name, tuning.by_text * text[0] + (1 - tuning.by_text) * name) if text else name
    else:
        share = tuning.name_in_unit if place == Place.UNIT else tuning.name_elsewhere
        content = share * name + (1 - share) * (text[1] if text else 0.0)
    start, most = _PLACE_SHARE[place]
    score = 100 * (start + (most - start) * content) * (1.0 if one.field == other.field else tuning.other_field)
    return Likeness(round(score, 2), tuple(_reasons(one, other, place, name, text)), place)


def _reasons(
    one: Described, other: Described, place: Place, name: float, text: tuple[float, float] | None
) -> Iterable[str]:
    if name >= 0.55:
        yield "tên giống nhau" if name >= 0.95 else f"tên gần giống ({name:.0%})"
    if text and text[0] >= 0.3:
        yield f"cách làm giống {text[0]:.0%}"
    yield _PLACE_WORDS[place]
    if one.field and one.field == other.field:
        yield "cùng lĩnh vực"
