"""One person's many spellings of a mailbox are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledges.services.contests.mailbox import MailboxError, is_disposable, normal_mailbox, source_key


@pytest.mark.parametrize(
    "address",
    [
        "nguyenvana@gmail.com", "Nguyen.Van.A@gmail.com", "NGUYENVANA@GMAIL.COM", "nguyenvana+1@gmail.com",
        "nguyen.van.a+dvk+x@googlemail.com", "  nguyenvana@gmail.com ", "nguyenvana@gmail.com.",
    ],
)  # fmt: skip
def test_spellings_of_one_gmail_box(address):
    assert normal_mailbox(address) == "nguyenvana@gmail.com"


def test_dots_count_elsewhere_and_tags_nowhere():
    assert normal_mailbox("nguyen.van.a+x@tinh.vn") == "nguyen.van.a@tinh.vn"
    assert normal_mailbox("nguyenvana@tinh.vn") == "nguyenvana@tinh.vn"


def test_a_domain_with_marks_and_its_ascii_form_are_one():
    assert (
        normal_mailbox("an@thử.vn")
        == normal_mailbox("an@" + "thử.vn".encode("idna").decode())
        == normal_mailbox("AN@THỬ.VN")
    )


@pytest.mark.parametrize(
    "address", ["", "an", "@gmail.com", "+tag@gmail.com", "...@gmail.com", "an@localhost", "an@x..vn"]
)
def test_what_is_no_mailbox(address):
    with pytest.raises(MailboxError):
        normal_mailbox(address)


@given(
    st.from_regex(
        r"[a-zA-Z0-9][a-zA-Z0-9.]{0,15}[a-zA-Z0-9](\+[a-z0-9]{0,5})?@(gmail\.com|tinh\.vn|x\.example)", fullmatch=True
    )
)
def test_normal_is_normal(address):
    once = normal_mailbox(address)

    assert normal_mailbox(once) == once
    assert normal_mailbox(address.upper()) == once
    assert "+" not in once


@pytest.mark.parametrize(
    ("mailbox", "thrown"),
    [("a@mailinator.com", True), ("a@x.mailinator.com", True), ("a@notmailinator.com", False), ("a@gmail.com", False)],
)
def test_disposable_domains_and_what_lies_below_them(mailbox, thrown):
    assert is_disposable(mailbox, ["Mailinator.com"]) is thrown


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"), ("::ffff:203.0.113.7", "203.0.113.7"), ("unknown", "unknown"),
    ],
)  # fmt: skip
def test_a_household_is_one_source(address, key):
    assert source_key(address) == key
