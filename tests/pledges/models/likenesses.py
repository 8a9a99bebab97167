"""A register of 2,500 models as it might be, its most ordinary names, and planted near-duplicates. Deterministic; no database."""

import random
import unicodedata
from dataclasses import dataclass, replace

from dvk_portal.core.text import search_key
from pledges.similarity import Described, place_key, similarity_key

# Invented from what practice shows (practice.md §8): the names that every second commune registers.
ORDINARY = """Tuyến đường hoa
Tuyến đường hoa phụ nữ
Đường hoa nông thôn mới
Hàng rào cây xanh
Thắp sáng đường quê
Ánh sáng an ninh
Tuyến đường sáng – xanh – sạch – đẹp
Tuyến đường tự quản
Đoạn đường phụ nữ tự quản
Camera an ninh
Camera giám sát an ninh trật tự
Tiếng kẻng an ninh
Tiếng loa an ninh
Tổ tự quản an ninh trật tự
Cổng trường an toàn giao thông
Khu dân cư an toàn về an ninh trật tự
Cụm dân cư an toàn phòng cháy chữa cháy
Tổ liên gia an toàn phòng cháy, chữa cháy
Dòng họ tự quản về an ninh trật tự
Biến rác thành tiền
Phân loại rác tại nguồn
Ngôi nhà thu gom rác thải nhựa
Chống rác thải nhựa
Ngày Chủ nhật xanh
Thứ bảy tình nguyện
Ngày thứ bảy vì dân
Vườn rau sạch
Vườn mẫu, hộ mẫu
Nhà sạch vườn đẹp
Gia đình 5 không 3 sạch
Hũ gạo tình thương
Ống heo tiết kiệm
Nuôi heo đất giúp học sinh nghèo
Mẹ đỡ đầu
Tiếp bước em đến trường
Cặp lá yêu thương
Bếp ăn tình thương
Gian hàng 0 đồng
Mái ấm tình thương
Giúp nhau phát triển kinh tế
Cựu chiến binh giúp nhau làm kinh tế giỏi
Phụ nữ giúp nhau giảm nghèo
Tổ hợp tác chăn nuôi bò
Tổ hợp tác trồng lúa chất lượng cao
Tổ công nghệ số cộng đồng
Chuyển đổi số cộng đồng
Chi bộ điện tử
Cán bộ gần dân, sát dân
Hiến đất làm đường giao thông nông thôn
Nhân dân tự nguyện đóng góp làm cầu, đường""".splitlines()

# Names that one meets once.
DISTINCT_HEADS = """Tiếng trống học bài
Chuyến đò khuyến học
Giỏ cá tình làng
Chợ phiên đổi rác lấy quà
Thư viện trên ghe
Quán cà phê pháp luật
Sổ tay nuôi tôm sinh thái
Cây cầu nghĩa tình cựu binh
Trạm dừng chân đọc sách
Lớp học đàn ca tài tử
Bữa cơm hòa giải
Chiếc nón lá an toàn
Vườn thuốc nam chùa làng
Đội thuyền cứu hộ mùa nước nổi
Phiên chợ nông sản qua mạng
Xưởng may hạnh phúc
Góc ảnh ngày xưa
Tủ bánh mì treo
Nhịp cầu bác sĩ gia đình
Ghế đá kể chuyện""".splitlines()
DISTINCT_TAILS = [
    "mùa gặt",
    "bên sông",
    "tuổi xế chiều",
    "của người Khmer",
    "ngày hội đoàn kết",
    "cho trẻ mồ côi",
    "sau giờ tan ca",
    "vùng biên",
]

WAYS = """Chi bộ ra nghị quyết chuyên đề, phân công đảng viên phụ trách từng nhóm hộ
Tuyên truyền, vận động Nhân dân tham gia bằng họp tổ, loa truyền thanh và mạng xã hội
Nhân dân đóng góp tiền, ngày công; chính quyền hỗ trợ vật tư
Mỗi tháng tổ chức ra quân một lần, có chấm công và nhắc nhở
Ban công tác Mặt trận chủ trì, các đoàn thể phối hợp thực hiện
Lập nhóm Zalo để thông tin, tiếp nhận phản ánh của người dân
Công khai thu chi tại cuộc họp chi bộ và nhà văn hóa
Vận động doanh nghiệp, mạnh thường quân trên địa bàn cùng góp sức
Chọn hộ làm điểm, rút kinh nghiệm rồi nhân rộng ra toàn ấp
Ký cam kết với từng hộ, định kỳ bình xét biểu dương cuối năm
Giao đoàn viên, hội viên trẻ chăm sóc, bảo dưỡng theo lịch
Tổ chức tập huấn, mời cán bộ chuyên môn hướng dẫn tại chỗ
Lấy ý kiến các hộ trước khi làm, thống nhất mức đóng góp
Thành lập tổ nòng cốt gồm bí thư chi bộ, trưởng ấp và người có uy tín
Hằng quý sơ kết, báo cáo kết quả với cấp ủy
Phối hợp công an xã tuần tra ban đêm
Quyên góp phế liệu, bán lấy tiền gây quỹ giúp đỡ gia đình khó khăn
Trồng và chăm sóc cây dọc hai bên đường, làm bồn hoa trước nhà""".splitlines()
THINGS = [
    "đèn năng lượng",
    "bồn hoa",
    "mắt camera",
    "thùng rác",
    "cột cờ",
    "con bò giống",
    "suất quà",
    "mét đường bê tông",
    "cây dừa",
    "tủ sách",
    "giếng khoan",
    "ghế đá",
]
SYLLABLES = [
    "An",
    "Bình",
    "Châu",
    "Đông",
    "Hòa",
    "Hưng",
    "Khánh",
    "Lộc",
    "Long",
    "Lợi",
    "Mỹ",
    "Nhơn",
    "Phú",
    "Phước",
    "Tân",
    "Thạnh",
    "Thới",
    "Trung",
    "Vĩnh",
    "Xuân",
]
HAMLETS = ["ấp", "khóm", "thôn", "bản", "buôn"]


@dataclass(frozen=True)
class Written:
    """A model as an officer types it."""

    name: str
    method: str
    place: str
    unit: str
    unit_id: int
    field: int = 1

    @property
    def keys(self) -> tuple[str, str]:
        return similarity_key(self.name, self.method, self.place, self.unit), place_key(self.place, self.unit)

    @property
    def described(self) -> Described:
        return Described.of(*self.keys, self.unit_id, self.field)


def way_of_working(chance: random.Random, ways: list[str] = WAYS) -> str:
    """An ordinary text: four of the common sentences with figures of its own."""
    text = chance.sample(ways, 4)
    amount, thing = chance.randint(3, 90), chance.choice(THINGS)
    text.insert(2, f"Đến nay đã làm được {amount} {thing} trị giá {chance.randint(5, 400)} triệu đồng")
    return ". ".join(text) + "."


def register(size: int = 2500, seed: int = 20) -> list[Written]:
    """``size`` models of 124 units: three in five have an ordinary name."""
    chance = random.Random(seed)
    names = [f"{a} {b}" for a in SYLLABLES for b in SYLLABLES if a != b]
    chance.shuffle(names)
    units = [f"{chance.choice(['Xã', 'Phường'])} {name}" for name in names[:124]]
    seen: set[tuple[int, str, str]] = set()
    found: list[Written] = []
    while len(found) < size:
        unit = chance.randrange(len(units))
        hamlet = f"{chance.choice(HAMLETS)} {chance.choice([*names[124:220], *map(str, range(1, 12))])}"
        if chance.random() < 0.6:
            name = chance.choice(ORDINARY)
        else:
            name = f"{chance.choice(DISTINCT_HEADS)} {chance.choice(DISTINCT_TAILS)}"
        if (unit, name, hamlet.split(" ", 1)[1]) in seen:
            continue
        seen.add((unit, name, hamlet.split(" ", 1)[1]))
        found.append(Written(name, way_of_working(chance), hamlet, units[unit], unit, chance.randrange(4)))
    return found


SHORT = [
    ("an ninh trật tự", "ANTT"),
    ("phòng cháy chữa cháy", "PCCC"),
    ("nông thôn mới", "NTM"),
    ("Cựu chiến binh", "CCB"),
]


def _shuffled(text: str, chance: random.Random) -> str:
    words = text.split()
    chance.shuffle(words)
    return " ".join(words)


def _slip(text: str) -> str:
    """The longest word with two letters swapped."""
    word = max(text.split(), key=len)
    return text.replace(word, word[:1] + word[2] + word[1] + word[3:], 1)


def _retold(text: str, chance: random.Random) -> str:
    """The same ways in another order, one left out, one of another movement added."""
    parts = [part for part in text.rstrip(".").split(". ") if part]
    chance.shuffle(parts)
    return ". ".join([*parts[:-1], "Thực hiện phong trào toàn dân đoàn kết xây dựng đời sống văn hóa"]) + "."


def _other_hamlet(place: str) -> str:
    kind, name = place.split(" ", 1)
    return f"{'tổ dân phố số' if name.isdigit() else 'khu phố'} {name}" if kind != "khóm" else f"ấp {name}"


def _abbreviated(written: Written) -> Written:
    name = written.name
    for long, short in SHORT:
        name = name.replace(long, short)
    kind, _, rest = written.place.partition(" ")
    return replace(written, name=name, place=f"TDP {rest}" if kind == "khóm" else f"KP {rest}")


def plant(kind: str, written: Written, chance: random.Random) -> Written:
    """The same model as somebody else registers it."""
    return {
        "accents dropped": lambda: replace(written, name=search_key(written.name), place=search_key(written.place)),
        "words reordered": lambda: replace(written, name=_shuffled(written.name, chance)),
        "synonym of place": lambda: replace(written, place=_other_hamlet(written.place)),
        "prefix": lambda: replace(written, name=f"Mô hình “{written.name}” {written.place}"),
        "capitals": lambda: replace(written, name=written.name.upper(), place=written.place.upper()),
        "decomposed": lambda: replace(
            written, name=unicodedata.normalize("NFD", written.name), place=unicodedata.normalize("NFD", written.place)
        ),
        "abbreviations": lambda: _abbreviated(written),
        "a slip of the finger": lambda: replace(written, name=_slip(written.name)),
        "retold under the same name": lambda: replace(written, method=_retold(written.method, chance)),
        "another movement": lambda: replace(
            written, name="Khu dân cư kiểu mẫu năm 2026", method=_retold(written.method, chance)
        ),
        "name alone": lambda: replace(written, method=""),
        "copied to another unit": lambda: replace(written, unit="Xã Cồn Én", unit_id=999, place="ấp Rạch Giồng"),
        "the province's own office": lambda: replace(
            written, unit="Hội Liên hiệp Phụ nữ tỉnh", unit_id=998, place=f"{written.place}, {written.unit}"
        ),
    }[kind]()


KINDS = (
    "accents dropped", "words reordered", "synonym of place", "prefix", "capitals", "decomposed", "abbreviations",
    "a slip of the finger", "retold under the same name", "another movement", "name alone", "copied to another unit",
    "the province's own office",
)  # fmt: skip
