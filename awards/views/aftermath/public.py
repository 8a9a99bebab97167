"""The page behind the QR code of a certificate. No sign-in; not kept by search engines or shared caches."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from awards.services.aftermath.publicpage import public_award
from dvk_portal.core.lookup import PublicPage, count_miss, form_page, plain_code, too_many_misses

TOO_OFTEN = "Mã tra cứu đã bị nhập sai nhiều lần. Hãy chờ ít phút rồi thử lại."
UNKNOWN = (
    "Không có bằng khen, giấy khen nào mang mã này. Hãy đối chiếu từng ký tự với mã in dưới mã QR "
    "(không có O, 0, I, 1, L, U); nếu vẫn không thấy, hãy hỏi cơ quan đã khen thưởng."
)


class AwardPublic(PublicPage):
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        if plain_code(code) != code:
            return redirect("award-public", code=plain_code(code))
        if too_many_misses(request):
            return form_page(request, error=TOO_OFTEN, code=code, status=429)
        award = public_award(code)
        if award is None:
            count_miss(request)
            return form_page(request, error=UNKNOWN, code=code, status=404)
        context = {"page_title": "Tra cứu khen thưởng", "award": award}
        return render(request, "awards/aftermath/public.html", context)
