"""What a unit would report: sizes chosen for a commune and a quarter, parts never above their whole."""

from decimal import Decimal
from typing import Any

from awards.demonstration.chance import dice

# Codes of campaigns/data/indicators.yaml that the demonstration asks. Parts of ratios come along by themselves.
ASKED = [
    "ld_vanban", "ld_cuochop", "nq_hoinghi", "nq_nguoi", "nq_tyle", "nq_dv_thamgia", "nq_dv_trieutap", "tt_tinbai", "tt_loa",
    "tt_buoi", "tt_nguoi", "dl_baocao", "dl_vande", "dl_xuly", "kg_hoatdong", "dv_mh_dangky", "dv_mh_hieuqua", "dv_mh_moi",
    "dv_cuocvandong", "dv_nguoithamgia", "dv_tiepxuc", "nv_duocgiao", "nv_hoanthanh", "nv_ketqua", "ts_chibo", "kq_chibo_cd",
    "tl_mohinh", "tl_khokhan", "tthc_chuyentruoc", "tthc_tiepnhan", "tthc_giaiquyet", "tthc_so_truochan", "tthc_so_dunghan",
    "tthc_so_trehan", "tthc_ton", "tthc_truochan", "tthc_dunghan", "pt_tong", "pt_dangky", "ntm_tieuchi", "ngheo_thoat",
    "antt_sovu", "kh_tuyentruyen", "tthc_niemyet", "dt_lanhdao", "kn_tiepnhan", "kn_giaiquyet",
]  # fmt: skip
OPTIONAL = {"nv_ketqua", "tl_mohinh", "tl_khokhan", "dl_vande", "dl_xuly", "kg_hoatdong"}
PLEDGED = ["nv_hoanthanh", "ntm_tieuchi", "ngheo_thoat", "antt_sovu", "dv_mh_hieuqua", "dv_cuocvandong", "dv_tiepxuc"]

# (lowest, highest) of a quarter for a commune of usual size.
_SIZES: dict[str, tuple[int, int]] = {
    "ld_vanban": (4, 18), "ld_cuochop": (5, 14), "nq_hoinghi": (2, 6), "nq_dv_trieutap": (180, 620), "tt_tinbai": (15, 90),
    "tt_loa": (60, 320), "tt_buoi": (6, 28), "dl_baocao": (3, 13), "dl_vande": (0, 5), "kg_hoatdong": (2, 12),
    "dv_cuocvandong": (3, 9), "dv_tiepxuc": (1, 3), "nv_duocgiao": (4, 8), "ts_chibo": (14, 42), "tthc_tiepnhan": (700, 4200),
    "pt_tong": (16, 48), "ngheo_thoat": (2, 14), "antt_sovu": (0, 4), "kn_tiepnhan": (3, 22),
}  # fmt: skip
RESULTS = [
    "Hoàn thành tuyến lộ giao thông nông thôn dài 1,2 km do Nhân dân hiến đất và góp công.",
    "Ra mắt tổ tự quản về an ninh trật tự tại ba ấp, mỗi ấp 15 hộ tham gia.",
    "Vận động xây mới năm căn nhà cho hộ khó khăn từ nguồn xã hội hóa.",
    "Tổ chức ngày hội toàn dân bảo vệ môi trường, thu gom rác dọc bờ kênh.",
    "Duy trì điểm hỗ trợ người dân nộp hồ sơ trực tuyến vào sáng thứ bảy.",
]
MODELS = [
    "Mô hình “Ngày thứ bảy vì dân”: cán bộ trực giải quyết hồ sơ ngoài giờ cho người đi làm xa.",
    "Mô hình “Tuyến đường không rác”: mỗi chi hội nhận một đoạn, kiểm tra chéo hằng tuần.",
    "Mô hình “Camera an ninh do dân góp”: 24 mắt camera tại các ngã ba, Nhân dân đóng góp tự nguyện.",
    "Cách làm “Cà phê với dân”: bí thư chi bộ gặp gỡ người dân mỗi sáng chủ nhật, ghi sổ kiến nghị.",
]
DIFFICULTIES = [
    "Địa bàn rộng sau sắp xếp, cán bộ kiêm nhiệm nhiều việc nên việc tổng hợp số liệu còn chậm.",
    "Kinh phí khen thưởng mô hình còn hạn chế, đề nghị tỉnh hướng dẫn nguồn chi.",
    "Một số hộ đi làm ăn xa, khó vận động tham gia sinh hoạt.",
]


class UnitFigures:
    """All answers of one unit; ``quarter`` counts from 0 through the campaign. Same words, same figures."""

    def __init__(self, year: int, unit_code: str) -> None:
        self.year = year
        self.unit = unit_code
        self.size = 0.7 + 0.6 * dice("size", unit_code).random()
        self.zeal = 0.82 + 0.18 * dice("zeal", year, unit_code).random()

    def base(self, code: str, quarter: int) -> int:
        low, high = _SIZES[code]
        steady = code in ("ts_chibo", "pt_tong")
        chance = dice(code, self.unit) if steady else dice(code, self.unit, self.year, quarter)
        return round((low + (high - low) * chance.random()) * (self.size if high > 20 else 1))

    def share(self, code: str, whole: int, quarter: int, low: float, high: float) -> int:
        chance = dice(code, self.unit, self.year, quarter).random()
        return min(whole, round(whole * (low + (high - low) * chance * self.zeal)))

    def amount(self, code: str, quarter: int) -> int:
        if code in _SIZES:
            return self.base(code, quarter)
        of, low, high = _PARTS[code]
        return self.share(code, self.amount(of, quarter), quarter, low, high)

    def special(self, code: str, quarter: int) -> int | None:
        """Figures that follow from others, so that balances close."""
        if code == "nq_nguoi":
            return self.amount("nq_hoinghi", quarter) * (60 + self.amount("nq_dv_trieutap", quarter) // 8)
        if code == "tt_nguoi":
            return self.amount("tt_buoi", quarter) * (35 + round(40 * self.size))
        if code == "dv_nguoithamgia":
            return self.amount("dv_cuocvandong", quarter) * (90 + round(120 * self.size))
        if code == "ntm_tieuchi":
            return 13 + dice("ntm", self.unit).randrange(5) + quarter // 2
        if code == "tthc_chuyentruoc":
            return 40 + dice("ton", self.unit, self.year).randrange(60) if quarter == 0 else self.pending(quarter - 1)
        if code == "tthc_giaiquyet":
            whole = self.number("tthc_chuyentruoc", quarter) + self.amount("tthc_tiepnhan", quarter)
            return self.share(code, whole, quarter, 0.96, 0.985)
        if code == "tthc_so_trehan":
            return round(self.number("tthc_giaiquyet", quarter) * 0.03 * dice("tre", self.unit, quarter).random() ** 2)
        if code == "tthc_so_truochan":
            return self.share(code, self.number("tthc_giaiquyet", quarter), quarter, 0.1, 0.4)
        if code == "tthc_so_dunghan":
            done = self.number("tthc_giaiquyet", quarter)
            return done - self.number("tthc_so_truochan", quarter) - self.number("tthc_so_trehan", quarter)
        return None

    def pending(self, quarter: int) -> int:
        return (
            self.number("tthc_chuyentruoc", quarter)
            + self.number("tthc_tiepnhan", quarter)
            - self.number("tthc_giaiquyet", quarter)
        )

    def number(self, code: str, quarter: int) -> int:
        special = self.special(code, quarter)
        return self.amount(code, quarter) if special is None else special

    def answer(self, indicator: Any, quarter: int, counted: int | None = None) -> dict[str, Any]:
        """Fields of a ReportedValue; ``counted`` is what the portal counts by itself."""
        chance = dice("answer", indicator.code, self.unit, self.year, quarter)
        if indicator.kind == "text":
            texts = {"nv_ketqua": RESULTS, "tl_mohinh": MODELS, "tl_khokhan": DIFFICULTIES}[indicator.code]
            return (
                {"answer": "nothing"} if chance.random() < 0.25 else {"answer": "given", "text": chance.choice(texts)}
            )
        if indicator.kind == "yes_no":
            return {"answer": "given", "flag": chance.random() < 0.94}
        number = self.number(indicator.code, quarter) if counted is None else counted
        if number == 0 and counted is None:
            return {"answer": "nothing", "amount": Decimal(0)}
        return {"answer": "given", "amount": Decimal(number)}

    def target(self, code: str, counted: int | None = None) -> Decimal:
        """What the unit would pledge for a year: near what it will do, a little above or below."""
        if counted is not None:
            year = counted
        elif code == "ntm_tieuchi":
            year = self.number(code, 3)
        else:
            year = sum(self.number(code, quarter) for quarter in range(4))
        return Decimal(max(1, round(year * (0.92 + 0.2 * dice("target", code, self.unit).random()))))


# part → (whole, lowest share, highest share)
_PARTS: dict[str, tuple[str, float, float]] = {
    "nq_dv_thamgia": ("nq_dv_trieutap", 0.86, 1.02), "dl_xuly": ("dl_vande", 0.5, 1.1),
    "nv_hoanthanh": ("nv_duocgiao", 0.75, 1.1), "kq_chibo_cd": ("ts_chibo", 0.6, 1.1),
    "pt_dangky": ("pt_tong", 0.85, 1.2), "dt_lanhdao": ("dv_tiepxuc", 0.4, 1.1), "kn_giaiquyet": ("kn_tiepnhan", 0.6, 1.1),
}  # fmt: skip
