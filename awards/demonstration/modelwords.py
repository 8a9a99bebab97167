"""What models are called and what they say: topics by field, each with ways to name it and the text that belongs to it.

All invented from building blocks; no real model, place or person. ``{p}`` is the place, ``{n}`` the number of the topic.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """``names`` are patterns over ``variants`` (``{v}``); ``amount`` is (indicator, measure, lowest, highest)."""

    field: str
    tag: str
    names: tuple[str, ...]
    variants: tuple[str, ...]
    situation: str
    method: str
    output: str
    amount: tuple[str, str, int, int]
    served: str
    carrier: tuple[str, ...] = ("Chi bộ {p}", "Ban công tác Mặt trận {p}")


FARMERS, WOMEN, YOUTH = "Chi hội Nông dân {p}", "Chi hội Phụ nữ {p}", "Chi đoàn {p}"
VETERANS, FRONT, CELL = "Chi hội Cựu chiến binh {p}", "Ban công tác Mặt trận {p}", "Chi bộ {p}"
ELDERS, SCHOOL = "Chi hội Người cao tuổi {p}", "Tổ công đoàn trường tiểu học tại {p}"

TOPICS = (
    Topic(
        "economy", "Nông thôn mới", ("Tổ hợp tác {v}", "Liên kết sản xuất và tiêu thụ {v}", "Câu lạc bộ nông dân {v}"),
        ("trồng lúa chất lượng cao", "trồng xoài theo hướng an toàn", "nuôi cá lóc trong vèo", "trồng rau trong nhà lưới",
         "nuôi lươn không bùn", "trồng sen kết hợp nuôi cá", "trồng nấm rơm trong nhà", "nuôi bò sinh sản", "trồng mít ruột đỏ",
         "nuôi ếch trong vèo", "trồng bưởi da xanh", "trồng thốt nốt lấy mật", "trồng hoa kiểng", "nuôi dê vỗ béo",
         "trồng gừng dưới tán rừng", "trồng nếp hàng hóa"),
        "Bà con {p} sản xuất nhỏ lẻ, giá vật tư cao, bán qua nhiều tầng trung gian.",
        "Vận động các hộ góp vốn mua chung vật tư, thống nhất lịch thời vụ, ký hợp đồng bao tiêu với cơ sở thu mua.",
        "{n} hộ tham gia, chi phí giảm so với làm riêng, có hợp đồng bao tiêu.", ("Hộ tham gia", "hộ", 12, 60), "hộ nông dân",
        (FARMERS, CELL),
    ),
    Topic(
        "economy", "An sinh xã hội", ("Tổ tiết kiệm xoay vòng {v}", "Góp vốn không lấy lãi {v}", "Heo đất {v}"),
        ("giúp phụ nữ khởi nghiệp", "giúp hộ cận nghèo chăn nuôi", "mua bảo hiểm y tế", "sửa nhà cho hội viên",
         "đóng ghe đi làm ăn", "mua máy may", "làm bánh dân gian", "mở quầy tạp hóa nhỏ", "mua bò giống", "học nghề"),
        "Nhiều hộ ở {p} thiếu vốn nhỏ, phải vay nóng với lãi cao.",
        "Mỗi thành viên góp hằng tháng, bốc thăm công khai người được dùng vốn trước, cử người theo dõi việc dùng vốn.",
        "{n} lượt hộ được dùng vốn, không có nợ quá hạn.", ("Lượt hộ được dùng vốn", "lượt", 8, 45), "hộ cần vốn nhỏ",
        (WOMEN, FARMERS),
    ),
    Topic(
        "economy", "Nông thôn mới", ("Hiến đất {v}", "Chung sức {v}", "Nhân dân góp công {v}"),
        ("làm lộ giao thông nông thôn", "mở rộng đường liên ấp", "làm đường ra đồng", "nâng cấp đê bao", "xây cầu bê tông",
         "nạo vét kênh nội đồng", "làm cống hở", "bê tông hóa hẻm tổ", "mở rộng lộ ven kênh", "xây bến đò an toàn"),
        "Đường ở {p} hẹp và lầy lội mùa mưa, học sinh đi lại khó, nông sản chở ra chậm.",
        "Công khai dự toán, họp từng tổ lấy ý kiến, đảng viên hiến đất trước, Nhân dân giám sát thi công.",
        "{n} mét đường, bờ được làm mới, không phát sinh khiếu nại.", ("Chiều dài hoàn thành", "mét", 180, 1900), "người dân",
        (CELL, FRONT),
    ),
    Topic(
        "economy", "An sinh xã hội", ("Tổ {v}", "Việc làm tại nhà: {v}", "Dạy nghề tại chỗ: {v}"),
        ("đan lục bình", "may gia công", "làm khô cá", "đan giỏ nhựa", "làm mắm truyền thống", "se nhang", "dệt chiếu",
         "chằm nón", "làm đường thốt nốt", "kết cườm"),
        "Lao động nữ ở {p} nhàn rỗi ngoài mùa vụ, con nhỏ nên không đi làm xa được.",
        "Mở lớp cầm tay chỉ việc, nhận hàng gia công về nhà, chia việc theo tổ, thanh toán công khai cuối tuần.",
        "{n} lao động có thêm thu nhập hằng tháng.", ("Lao động có thêm thu nhập", "người", 10, 55), "lao động nữ", (WOMEN, FRONT),
    ),
    Topic(
        "culture_society", "Bảo vệ môi trường", ("Tuyến đường {v}", "Con đường {v}", "Tuyến kênh {v}", "Tổ {v}"),
        ("không rác", "hoa phụ nữ", "sáng - xanh - sạch - đẹp", "em chăm", "không túi ni lông", "cờ và hoa", "văn minh",
         "nông dân tự quản", "cựu chiến binh tự quản", "bích họa", "an toàn cho trẻ em", "không lấn chiếm"),
        "Rác thải, cỏ dại dọc lộ và bờ kênh ở {p} làm mất mỹ quan, dễ sinh dịch bệnh.",
        "Chia đoạn cho từng tổ, sáng chủ nhật cùng dọn dẹp, trồng hoa, kiểm tra chéo và nhắc nhau trong nhóm của tổ.",
        "{n} mét đường, kênh sạch; các hộ để rác đúng giờ.", ("Chiều dài giữ sạch", "mét", 300, 2600), "hộ dân dọc tuyến",
        (WOMEN, YOUTH, VETERANS),
    ),
    Topic(
        "culture_society", "An sinh xã hội", ("Hũ gạo {v}", "Bếp ăn {v}", "Bữa cơm {v}", "Gian hàng {v}"),
        ("tình thương", "nghĩa tình", "không đồng", "cho bệnh nhân nghèo", "chia sẻ yêu thương", "cho người già neo đơn",
         "cho học sinh nghèo", "ngày rằm", "cuối tuần", "mùa nước nổi"),
        "{p} còn hộ già yếu, neo đơn, bữa ăn hằng ngày thiếu thốn.",
        "Mỗi nhà góp một nắm gạo, cân chung cuối tuần, phân công tổ đưa tận tay từng hộ và ghi sổ công khai.",
        "{n} suất, phần quà được trao trong năm.", ("Phần quà, suất ăn", "suất", 40, 900), "hộ khó khăn", (WOMEN, ELDERS, FRONT),
    ),
    Topic(
        "culture_society", "An sinh xã hội", ("Tiếp bước {v}", "Đỡ đầu {v}", "Tủ sách {v}", "Xe đạp {v}"),
        ("đến trường", "học sinh mồ côi", "em vượt khó", "ước mơ", "sinh viên nghèo", "trẻ vùng biên", "em gái đến lớp",
         "học sinh dân tộc", "khuyến học dòng họ", "ngày khai trường"),
        "Một số em ở {p} có nguy cơ bỏ học vì cha mẹ đi làm ăn xa.",
        "Nhận đỡ đầu từng em theo năm học, kèm tập buổi tối, trao học bổng từ nguồn tiết kiệm chi tiêu của tập thể.",
        "{n} em được giúp, không em nào bỏ học.", ("Học sinh được giúp", "em", 6, 48), "học sinh khó khăn", (SCHOOL, YOUTH, WOMEN),
    ),
    Topic(
        "culture_society", "Nông thôn mới", ("Gia đình {v}", "Khu dân cư {v}", "Câu lạc bộ {v}", "Xóm {v}"),
        ("hạnh phúc, không bạo lực", "năm không ba sạch", "văn hóa, tiến bộ", "sống vui sống khỏe", "đờn ca tài tử",
         "thể dục dưỡng sinh", "ông bà mẫu mực", "không có người sinh con thứ ba", "học tập suốt đời", "giữ nghề truyền thống",
         "đọc báo sáng", "không mê tín"),
        "Sinh hoạt ở {p} còn ít, người già, trẻ nhỏ thiếu chỗ vui chơi chung.",
        "Sinh hoạt định kỳ hằng tháng, chủ đề do hội viên chọn, hòa giải tại nhà khi có mâu thuẫn.",
        "{n} gia đình tham gia đều.", ("Gia đình tham gia", "hộ", 15, 120), "gia đình", (WOMEN, ELDERS),
    ),
    Topic(
        "culture_society", "Chuyển đổi số", ("Tổ công nghệ số {v}", "Điểm hỗ trợ số {v}", "Chuyển đổi số {v}"),
        ("cộng đồng", "không dùng tiền mặt", "cầm tay chỉ việc", "đến từng nhà", "giúp người cao tuổi", "bốn không",
         "quét mã tra cứu", "thanh niên tình nguyện"),
        "Người lớn tuổi, tiểu thương ở {p} chưa quen nộp hồ sơ và thanh toán trực tuyến.",
        "Thanh niên đến từng nhà, từng sạp hướng dẫn cài đặt; mỗi tối thứ ba có điểm hỗ trợ tại nhà văn hóa.",
        "{n} người biết tự nộp hồ sơ hoặc thanh toán trực tuyến.", ("Người được hướng dẫn", "người", 30, 420), "người dân",
        (YOUTH, CELL),
    ),
    Topic(
        "culture_society", "An sinh xã hội", ("Mái ấm {v}", "Xóa nhà tạm {v}", "Sửa nhà {v}", "Ngôi nhà {v}"),
        ("tình thương", "đại đoàn kết", "nghĩa đồng đội", "khăn quàng đỏ", "cho hộ neo đơn", "từ ngày công", "hậu phương",
         "mùa bão"),
        "{p} còn hộ ở nhà dột nát, không đủ sức tự sửa.",
        "Xét chọn công khai tại tổ, vận động vật tư, thợ hồ trong xóm góp ngày công, bàn giao có biên bản.",
        "{n} căn nhà được xây, sửa.", ("Căn nhà", "căn", 1, 9), "hộ nghèo, cận nghèo", (FRONT, VETERANS),
    ),
    Topic(
        "culture_society", "Bảo vệ môi trường", ("Đổi rác {v}", "Phân loại rác {v}", "Thu gom rác {v}"),
        ("lấy quà", "lấy cây xanh", "tại nguồn", "ở đồng ruộng", "ở chợ", "gây quỹ giúp bạn nghèo", "cuối tuần", "lấy gạo"),
        "Rác sinh hoạt và vỏ bao thuốc còn bỏ ra đồng, ra kênh ở {p}.",
        "Đặt điểm thu gom, mỗi tháng một ngày đổi rác, tiền bán phế liệu gây quỹ giúp hộ khó khăn.",
        "{n} kg rác tái chế được thu gom.", ("Rác thu gom", "kg", 120, 2400), "hộ dân", (WOMEN, YOUTH, SCHOOL),
    ),
    Topic(
        "culture_society", "Dân tộc, tôn giáo", ("Chùa {v}", "Họ đạo {v}", "Cơ sở thờ tự {v}", "Phum sóc {v}"),
        ("xanh - sạch - đẹp", "chung tay vì người nghèo", "mở lớp học hè", "phòng thuốc nam", "nghĩa tình", "giữ gìn văn hóa",
         "không có tệ nạn", "vận động hiến máu"),
        "Đồng bào có đạo, đồng bào dân tộc ở {p} có truyền thống giúp nhau, cần gắn với việc chung của ấp.",
        "Gặp chức sắc, người có uy tín bàn việc chung mỗi quý; phân công việc theo khả năng của từng cơ sở.",
        "{n} lượt người được giúp.", ("Lượt người được giúp", "lượt", 60, 800), "đồng bào dân tộc, tôn giáo", (FRONT, CELL),
    ),
    Topic(
        "defence_security", "", ("Camera {v}", "Ánh sáng {v}", "Tiếng kẻng {v}", "Nhóm báo tin {v}"),
        ("an ninh do dân góp", "an ninh đầu hẻm", "an ninh đường quê", "an ninh bến sông", "an ninh liên ấp", "an ninh khu chợ",
         "an ninh trường học", "an ninh xóm đạo"),
        "Trộm vặt, tụ tập đêm ở {p} làm bà con chưa yên tâm.",
        "Họp tổ thống nhất mức góp tự nguyện, công khai thu chi, công an xã hướng dẫn vị trí, phân công trực.",
        "{n} vị trí hoạt động, trộm vặt giảm so với năm trước.", ("Vị trí hoạt động", "vị trí", 4, 36), "hộ dân", (CELL, VETERANS),
    ),
    Topic(
        "defence_security", "", ("Tổ tự quản {v}", "Đội xung kích {v}", "Cựu chiến binh {v}"),
        ("an ninh trật tự", "đường biên, cột mốc", "phòng cháy chữa cháy", "cứu nạn trên sông", "giúp người lầm lỡ",
         "phòng chống ma túy", "tuần tra đêm", "hòa giải ở cơ sở", "bảo đảm an toàn giao thông", "giữ bình yên xóm đạo"),
        "Địa bàn {p} rộng, lực lượng mỏng, việc ban đêm chưa xử lý kịp.",
        "Lập tổ từ người có uy tín, trực luân phiên, gặp gỡ từng trường hợp, báo tin qua nhóm.",
        "{n} buổi tuần tra, hòa giải; không để việc nhỏ thành lớn.", ("Buổi tuần tra, hòa giải", "buổi", 12, 160), "người dân",
        (VETERANS, CELL),
    ),
    Topic(
        "defence_security", "", ("Hậu phương {v}", "Ấp đội {v}", "Ngày hội {v}"),
        ("quân đội", "tân binh yên tâm lên đường", "giúp gia đình quân nhân", "huấn luyện giúp dân", "gắn kết quân dân",
         "thăm gia đình chính sách"),
        "Gia đình có con em tại ngũ ở {p} neo người, thiếu lao động.",
        "Thăm từng nhà trước và sau ngày giao quân, giúp ngày công mùa vụ, giữ liên lạc với đơn vị.",
        "{n} gia đình được thăm, giúp.", ("Gia đình được giúp", "hộ", 5, 40), "gia đình quân nhân", (YOUTH, VETERANS),
    ),
    Topic(
        "political_system", "Chuyển đổi số", ("Ngày thứ bảy {v}", "Thủ tục {v}", "Chính quyền {v}", "Trả kết quả {v}"),
        ("vì dân", "tại nhà cho người cao tuổi", "thân thiện", "không hẹn", "trong ngày", "lưu động về ấp", "bốn xin bốn luôn",
         "không viết", "nụ cười", "qua bưu điện miễn phí"),
        "Người đi làm xa, người già ở {p} khó đến bộ phận một cửa trong giờ hành chính.",
        "Cán bộ trực thêm giờ, nhận hồ sơ tại ấp, gọi điện báo kết quả, lấy ý kiến hài lòng từng hồ sơ.",
        "{n} hồ sơ được giải quyết ngoài giờ, không hồ sơ nào trễ hẹn.", ("Hồ sơ ngoài giờ", "hồ sơ", 40, 900), "người dân",
        (CELL, "Bộ phận một cửa, điểm {p}"),
    ),
    Topic(
        "political_system", "", ("Cà phê {v}", "Đối thoại {v}", "Bí thư {v}", "Hộp thư {v}"),
        ("với dân", "sáng chủ nhật", "đầu tuần", "tại nhà văn hóa", "nghe dân nói", "góp ý xây dựng Đảng", "cùng chi bộ",
         "nói dân hiểu, làm dân tin"),
        "Bà con {p} có việc nhỏ cần nói mà ngại viết đơn.",
        "Mỗi tuần một buổi gặp, ghi sổ từng ý kiến, hẹn ngày trả lời và niêm yết kết quả.",
        "{n} ý kiến được trả lời.", ("Ý kiến được trả lời", "ý kiến", 12, 140), "người dân", (CELL,),
    ),
    Topic(
        "political_system", "", ("Chi bộ {v}", "Đảng viên {v}", "Mặt trận {v}"),
        ("bốn tốt", "kiểu mẫu", "phụ trách hộ", "gương mẫu đi trước", "sinh hoạt chuyên đề gắn việc ấp", "giúp hộ nghèo",
         "giám sát công trình nhỏ", "gần dân, sát việc", "làm trước, nói sau"),
        "Sinh hoạt ở {p} có lúc còn hình thức, chưa gắn với việc của dân.",
        "Phân công đảng viên phụ trách hộ, mỗi kỳ sinh hoạt bàn một việc của ấp và kiểm lại việc kỳ trước.",
        "{n} việc của dân được giải quyết trong năm.", ("Việc được giải quyết", "việc", 6, 60), "người dân", (CELL, FRONT),
    ),
)  # fmt: skip

# An exemplary person: what he is, and what he is known for.
POSTS = (
    "Bí thư chi bộ", "Trưởng ấp", "Chi hội trưởng Phụ nữ", "Chi hội trưởng Nông dân", "Cựu chiến binh", "Giáo viên", "Đoàn viên",
    "Người có uy tín", "Tổ trưởng tổ tự quản", "Chủ cơ sở sản xuất",
)  # fmt: skip
DEEDS = (
    "gương mẫu hiến đất làm đường", "tận tụy với hộ nghèo", "hòa giải bằng cả tấm lòng", "giữ lớp học tình thương",
    "vận động xây cầu", "giúp vốn không lấy lãi", "làm kinh tế giỏi, giúp dân cùng làm", "vận động hiến máu cứu người",
    "kiên trì vận động học sinh trở lại lớp", "nói đi đôi với làm",
)  # fmt: skip

HAMLETS = ("Bình", "Hòa", "Phú", "Tân", "Vĩnh", "An", "Long", "Thạnh", "Mỹ", "Đông", "Trung", "Khánh")
HAMLET_ENDS = (
    "An",
    "Hòa",
    "Lợi",
    "Thuận",
    "Quới",
    "Thành",
    "Phước",
    "Bình",
    "Hưng",
    "Thới",
    "Lộc",
    "Mỹ",
    "Hậu",
    "Tiến",
)

# The reason why an end, a return or a strengthening was noted.
ENDS = (
    "Hoạt động không còn đều, không còn thành viên nòng cốt.", "Mục tiêu đã hoàn thành, không còn nội dung mới.",
    "Kết quả không duy trì được so với năm trước.",
)  # fmt: skip
STRENGTHEN = (
    "Còn hiệu quả nhưng thành viên giảm, đề nghị củng cố nòng cốt.", "Cần làm rõ số liệu so với trước khi làm.",
    "Cần mở rộng ra các tổ còn lại.",
)  # fmt: skip
KEEP = ("Duy trì đều, người dân đồng tình.", "Hiệu quả rõ, có tổ khác đến học.", "Nền nếp, số liệu theo dõi đầy đủ.")
ASK_MORE = (
    "Đề nghị bổ sung số liệu trước khi làm và ngày đánh giá.", "Đề nghị ghi rõ lực lượng phối hợp và nguồn lực.",
    "Đề nghị nêu kết quả kiểm chứng được, tránh nêu chung chung.",
)  # fmt: skip
ADAPTED = (
    "Điều chỉnh giờ sinh hoạt theo mùa vụ của ấp.", "Ghép với tổ tự quản sẵn có, không lập thêm tổ mới.",
    "Thay hình thức góp tiền bằng góp ngày công.", "Làm thử ở hai tổ trước, sáu tháng sau mở rộng.",
)  # fmt: skip

# One thing told twice: accents dropped, words reordered, another word for the place. (name, place, name again, place again)
TWICE = (
    ("Tuyến đường hoa phụ nữ ấp Bình Hòa", "Ấp Bình Hòa", "Tuyen duong hoa phu nu ap Binh Hoa", "ấp Bình Hoà"),
    ("Hũ gạo tình thương ấp Phú Lợi", "Ấp Phú Lợi", "Tình thương từ hũ gạo ấp Phú Lợi", "Ấp Phú Lợi"),
    ("Tiếp bước học sinh nghèo đến trường", "Ấp Tân Thuận", "Học sinh nghèo: tiếp bước đến trường", "Khu dân cư Tân Thuận"),
    ("Bếp ăn không đồng chợ Vĩnh Thành", "Ấp Vĩnh Thành", "Bep an 0 dong cho Vinh Thanh", "Xóm chợ Vĩnh Thành"),
    ("Phân loại rác tại nguồn khóm Đông An", "Khóm Đông An", "Tại nguồn phân loại rác, khu phố Đông An", "Khu phố Đông An"),
    ("Mái ấm tình thương cho hộ neo đơn", "Ấp Mỹ Phước", "Mai am tinh thuong cho ho neo don", "ấp Mỹ Phước"),
)  # fmt: skip
