from django.apps import AppConfig

from dvk_portal.core.auditnames import register


class PledgesConfig(AppConfig):
    name = "pledges"
    verbose_name = "Giao ước, báo cáo, chấm điểm"

    def ready(self) -> None:
        # Models are loaded only now.
        from campaigns import observers
        from pledges import documents, panels  # noqa: F401  register themselves
        from pledges.observers import PrepareRecords

        observers.register(PrepareRecords())
        # The words of the whole trail at /nhat-ky/; moves have theirs from the workflows.
        register(
            actions={
                "contest_create": "Lập hội thi",
                "contest_edit": "Sửa hội thi",
                "contest_extend": "Gia hạn nhận bài",
                "contest_round_add": "Thêm vòng thi",
                "contest_round_remove": "Bỏ vòng thi",
                "contest_round_edit": "Ghi vòng thi và tiêu chí",
                "contest_round_open": "Mở chấm một vòng",
                "contest_round_close": "Đóng chấm một vòng",
                "juror_add": "Cử giám khảo",
                "juror_remove": "Bỏ giám khảo",
                "juror_head": "Cử trưởng ban giám khảo",
                "juror_conflict": "Giám khảo không chấm bài của đơn vị mình",
                "contest_enter": "Nộp bài dự thi",
                "entry_consent": "Đồng ý, rút đồng ý bình chọn",
                "entry_withdraw": "Rút bài dự thi",
                "entry_disqualify": "Loại bài dự thi",
                "contest_score": "Chấm bài dự thi",
                "contest_score_out": "Không tính điểm của giám khảo",
                "contest_prizes": "Ghi giải",
                "decide_resemblance": "Kết luận về mô hình giống",
                "count_models": "Đếm theo sổ mô hình",
                "enter": "Nhập số liệu",
                "tell_leader": "Báo lãnh đạo gửi",
                "value_accept": "Chấp nhận một mục",
                "value_correct": "Điều chỉnh một mục",
                "value_return": "Đánh dấu trả lại một mục",
                "value_clear": "Bỏ kết luận một mục",
                "value_correct_late": "Điều chỉnh sau thẩm định",
                "accept_rest": "Chấp nhận các mục còn lại",
                "extend": "Gia hạn",
                "add_evidence": "Thêm minh chứng",
                "remove_evidence": "Gỡ minh chứng",
                "edit": "Sửa nội dung",
                "bundle": "Tải mọi giao ước",
                "clause_add": "Thêm điều khoản mẫu",
                "clause_edit": "Sửa điều khoản mẫu",
                "clause_on": "Dùng lại điều khoản mẫu",
                "clause_off": "Ngừng dùng điều khoản mẫu",
                "score_self": "Nhập tự chấm",
                "score_verified": "Thẩm định một mục",
                "score_final": "Ghi điểm thống nhất",
                "accept_self_scores": "Chấp nhận các mục tự chấm",
                "declare_gate": "Khai điều kiện",
                "withdraw_gate": "Rút điều kiện đã khai",
                "decide_tie": "Quyết định thứ tự khi bằng điểm",
                "add_pictures": "Thêm ảnh",
                "edit_pictures": "Sửa chú thích, sự đồng ý của ảnh",
                "remove_picture": "Gỡ ảnh",
                "take_over": "Nhận từ đơn vị tiền thân",
                "visit": "Ghi khảo sát thực tế",
                "appraise": "Thẩm định để công nhận",
                "nominate": "Đề nghị công nhận",
                "withdraw_nomination": "Rút đề nghị công nhận",
                "take_in": "Đưa mô hình vào đợt",
                "drop": "Bỏ mô hình khỏi đợt",
                "refuse_models": "Không công nhận",
                "recognise_again": "Công nhận thêm cấp, năm",
                "review": "Rà soát hằng năm",
                "record_consent": "Ghi nhận đồng ý công khai",
                "withdraw_consent": "Rút đồng ý công khai",
                "write_story": "Viết câu chuyện để công khai",
                "publish_model": "Công khai mô hình",
                "unpublish_model": "Thôi công khai mô hình",
                "replicate": "Học theo mô hình khác",
                "record_replication": "Ghi kết quả học theo",
                "judge_replication": "Đánh giá sau một năm học theo",
            },
            fields={
                "hash": "Mã kiểm tra nội dung",
                "round": "Vòng thi",
                "criteria": "Tiêu chí chấm",
                "juror": "Giám khảo",
                "owed": "Còn chưa chấm",
                "entry": "Bài dự thi",
                "models": "Mô hình",
                "visited_on": "Ngày khảo sát",
            },
        )
