"""The register of models of the demonstration: 1,152 registered in 2024, about 1,150 in 2026, in the proportions of Bình Thuận.

Copied from domain/figures.yaml (funnels; demonstration.models_a_year): 62 % new, 69 % recognised, 70 % collective, 43 proposed to
the province (36 collectives, 7 individuals) by 11 units, 24 recognised there. The past belongs to the districts; on 1/7/2025 what
still worked went over to the communes. 2026 is under way: registered all year, recognised in part.
"""

import datetime

from awards.demonstration.chance import dice
from awards.demonstration.clock import moment
from awards.demonstration.modellives import FIELD_SHARES, Life, Maker, scatter, spread
from awards.demonstration.modelrows import write_lives
from awards.demonstration.modelspread import Spread
from awards.demonstration.modelwords import ASK_MORE, ENDS, KEEP, STRENGTHEN, TWICE
from awards.demonstration.structure import DISTRICTS_END, Structure
from campaigns.models import Campaign
from pledges.models import ExemplaryModel
from pledges.services.exemplary import resemblance
from units.models import Unit, User

Day = datetime.date
Status = ExemplaryModel.Status

# Registered before 2024: those of which nothing was left in 2024, and those kept or carried on (434).
GONE_BEFORE = {2022: 62, 2023: 71}
KEPT_2024 = {2022: 170, 2023: 264}
NEW_2024 = 718
RECOGNISED_2024 = {"kept": 352, "new": 444}
PROPOSED_2024, GRANTED_2024 = {"collective": 36, "individual": 7}, 24
# Of the 796: ended by the review of 2024, left without a taker on 30/6/2025, ended by the review of 2025.
LEFT_2024, LEFT_AT_MERGER, LEFT_2025 = 70, 120, 169
NEW_2026 = 730
# What became of the new ones of 2026 so far; the rest is registered and waits.
NOW_2026 = {"recognised": 322, "appraised": 118, "more_information": 24, "not_recognised": 22, "withdrawn": 24}
KEPT_2026 = {"recognised": 286, "exemplary": 18, "ended": 7, "to_strengthen": 34}
PROPOSED_2026, GRANTED_2026 = 31, 8
# Communes by their place in the list of codes: one recognises everything; some leave a field out.
ALL_RECOGNISED = 7
WITHOUT = {
    3: ("defence_security",),
    11: ("economy",),
    20: ("defence_security", "political_system"),
    34: ("political_system",),
}


def _days(year: int) -> list[Day]:
    """Days of registration: most of them after the launch in February, some all year."""
    chance = dice("days", year)
    months = [month for month in range(2, 12 if year == 2026 else 11) for _ in range(9 if month <= 4 else 2)]
    return [Day(year, chance.choice(months), chance.randint(3, 12)) for _ in range(400)]


class Register:
    """Plans every life, writes them, and hands over on 1/7/2025; reports written in between count what the register holds."""

    def __init__(self, made: Structure) -> None:
        self.made = made
        self.maker = Maker(made)
        carried, past = self._past()
        self.kept = self._hand_on(carried)
        self.new = self._new_2026()
        self._recognise_2026()
        self.lives = [*past, *self.new, *self._planted()]
        self.spread = Spread(self)

    def write(self) -> None:
        """All of it, the past still with the districts."""
        write_lives(self.made, self.lives)
        self.spread.write()

    def hand_over(self) -> None:
        """What is still in the register goes to the communes, and from the old committees to the new ones."""
        moved = [life for life in self.lives if life.heir is not None]
        for life in moved:
            life.row.unit = life.heir
            life.row.set_keys()
            resemblance.refresh_keys(life.row)
        fields = ["unit", "search_key", "similarity_key", "place_key"]
        ExemplaryModel.objects.bulk_update([life.row for life in moved], fields, batch_size=200)

    def _lives(self, total: int, weights: dict[Unit, float], year: int) -> list[Life]:
        days = _days(year)
        found = []
        for unit, count in zip(weights, spread(total, list(weights.values())), strict=True):
            chance = dice("registering", unit.code, year)
            level, share = ("huyen", 0.2) if unit.kind.code == "huyen" else ("tinh", 0.06)
            for _ in range(count):
                aimed = level if chance.random() < share else "co_so"
                found.append(self.maker.life(unit, chance.choice(days), level=aimed, fields=self._fields(unit)))
        return found

    def _fields(self, unit: Unit) -> dict[str, float]:
        left_out = next((codes for at, codes in WITHOUT.items() if unit == self.made.communes[at]), ())
        return {code: share for code, share in FIELD_SHARES.items() if code not in left_out}

    def _leader(self, life: Life, day: Day) -> User:
        return self.made.person(life.unit_on(day), "leader")

    def _leave(self, life: Life, day: Day) -> None:
        """The yearly review ends it; some weeks later it leaves the register."""
        words = dice("end", life.row.code).choice(ENDS)
        life.review("withdraw", day, words)
        life.end(Status.ENDED, day + datetime.timedelta(days=20), words, self._leader(life, day))

    def _keep(self, lives: list[Life], year: int) -> None:
        for life in lives:
            life.review("keep", Day(year, 12, 18), dice("keep", life.row.code, year).choice(KEEP))
            if year > life.registered_on.year:
                life.row.status = Status.MAINTAINED

    # --- until 2025: districts and blocks ----------------------------------------------------------------------------
    def _past(self) -> tuple[list[Life], list[Life]]:
        """(what still worked on 30/6/2025, everything)."""
        weights = {unit: 3 + 2 * dice("weight", unit.code).random() for unit in self.made.districts}
        weights |= {unit: 0.8 + 0.6 * dice("weight", unit.code).random() for unit in self.made.blocks}
        gone: list[Life] = []
        kept: list[Life] = []
        for year in (2022, 2023):
            own = scatter(self._lives(GONE_BEFORE[year] + KEPT_2024[year], weights, year), "past", year)
            for life in own:
                life.recognise(_first_level(life), Day(year, 11, 19))
            gone += own[: GONE_BEFORE[year]]
            kept += own[GONE_BEFORE[year] :]
        new = self._lives(NEW_2024, weights, 2024)
        for life in gone:
            self._leave(life, Day(life.registered_on.year, 12, 18))
        self._keep(kept, 2023)
        return self._recognise_2024(scatter(kept, "2024"), scatter(new, "2024")), [*gone, *kept, *new]

    def _recognise_2024(self, kept: list[Life], new: list[Life]) -> list[Life]:
        known, fresh = RECOGNISED_2024["kept"], RECOGNISED_2024["new"]
        chosen = [*kept[:known], *new[:fresh]]
        for life in chosen:
            life.recognise(_first_level(life), Day(2024, 11, 19))
        self._propose_2024(chosen)
        for life in kept[known:]:
            self._leave(life, Day(2024, 12, 18))
        for life in new[fresh:]:
            self._drop(life)
        chosen = scatter(chosen, "fate")
        for life in chosen[:LEFT_2024]:
            self._leave(life, Day(2024, 12, 18))
        self._keep(chosen[LEFT_2024:], 2024)
        after = LEFT_2024 + LEFT_AT_MERGER
        for life in chosen[LEFT_2024:after]:
            note = "Đơn vị kết thúc hoạt động, không có nơi nhận tiếp tục."
            life.end(Status.ENDED, DISTRICTS_END, note, self._leader(life, DISTRICTS_END))
        return chosen[after:]

    def _propose_2024(self, chosen: list[Life]) -> None:
        """The eleven districts propose; the province chooses."""
        asked: list[Life] = []
        for kind, count in PROPOSED_2024.items():
            own = [life for life in chosen if life.row.subject_kind == kind and life.row.unit.kind.code == "huyen"]
            own.sort(key=lambda life: life.row.register_no[::-1])
            asked += [own[at * len(own) // count] for at in range(count)]
        for number, life in enumerate(scatter(asked, "province")):
            reason = "" if number < GRANTED_2024 else "Hiệu quả tốt, chưa lan tỏa ngoài địa bàn."
            life.recognise("tinh", Day(2024, 11, 28), granted=number < GRANTED_2024, reason=reason)

    def _drop(self, life: Life) -> None:
        """Registered in 2024 and not recognised: some failed, some were never ready; all left the register."""
        chance = dice("drop", life.row.code)
        if chance.random() < 0.5:
            life.appraise(_first_level(life), Day(2024, 11, 19), passed=chance.random() < 0.25)
        day = Day(2025, chance.choice([1, 2]), chance.randint(6, 26))
        note = "Không đủ điều kiện công nhận năm 2024, đơn vị không đăng ký lại."
        life.end(Status.WITHDRAWN, day, note, self._leader(life, day))

    # --- 1/7/2025 ------------------------------------------------------------------------------------------------------
    def _hand_on(self, carried: list[Life]) -> list[Life]:
        """Name the heirs; the review of 2025 ends some. Returns those that 2026 begins with."""
        first, second, third, fourth = self.made.committees
        heirs = dict(zip(self.made.blocks, ([first, second], [third], [fourth], [fourth]), strict=True))
        for life in carried:
            life.heir = dice("heir", life.row.code).choice(heirs.get(life.row.unit, self.made.communes))
        carried = scatter(carried, "2025")
        for life in carried[:LEFT_2025]:
            self._leave(life, Day(2025, 12, 18))
        self._keep(carried[LEFT_2025:], 2025)
        return carried[LEFT_2025:]

    # --- 2026: communes and party committees -------------------------------------------------------------------------------
    def _new_2026(self) -> list[Life]:
        units = [*self.made.communes, *self.made.committees]
        return self._lives(NEW_2026, {unit: 0.5 + 1.2 * dice("weight", unit.code).random() for unit in units}, 2026)

    def _planted(self) -> list[Life]:
        """Pairs that are one thing told twice; every second copy is a draft that still has to be decided upon."""
        found = []
        for number, (name, place, again, other_place) in enumerate(TWICE):
            unit = self.made.communes[9 * number]
            pair = [self.maker.life(unit, Day(2026, 3, 20), fields={"culture_society": 1}) for _ in range(2)]
            for life, called, where in zip(pair, (name, again), (place, other_place), strict=True):
                life.topic, life.row.subject_kind, life.row.kind = pair[0].topic, "collective", "model"
                life.row.name, life.row.place, life.row.subject = called, where, "Chi hội Phụ nữ"
                life.row.method, life.row.objective = pair[0].row.method, pair[0].row.objective
            if number % 2 == 0:
                draft = pair[1].row
                draft.status, draft.register_no = Status.DRAFT, ""
                draft.registered_on = draft.registered_at = draft.registered_by = None
            found += pair
        return found

    def _recognise_2026(self) -> None:
        everything = self.made.communes[ALL_RECOGNISED]
        kept = [life for life in self.kept if life.heir != everything]
        new = [life for life in self.new if life.row.unit != everything]
        for life in [*self.kept, *self.new]:
            if life.unit_on(Day(2026, 1, 1)) == everything:
                self._now_recognised(life)
        self._now(scatter(kept, "2026"), KEPT_2026)
        # What came last is still waiting.
        self._now(sorted(scatter(new, "2026"), key=lambda life: life.registered_on > Day(2026, 10, 5)), NOW_2026)
        self._propose_2026()

    def _now(self, lives: list[Life], shares: dict[str, int]) -> None:
        """What became of each so far, the share by share; the rest stays as it is."""
        at = 0
        for state, count in shares.items():
            for life in lives[at : at + count]:
                getattr(self, f"_now_{state}")(life)
            at += count

    def _now_recognised(self, life: Life) -> None:
        life.recognise("co_so", _batch_day(life))

    def _now_exemplary(self, life: Life) -> None:
        self._now_recognised(life)
        life.row.status = Status.EXEMPLARY

    def _now_ended(self, life: Life) -> None:
        day = Day(2026, 9, 21)
        life.end(Status.ENDED, day, dice("end", life.row.code).choice(ENDS), self._leader(life, day))

    def _now_to_strengthen(self, life: Life) -> None:
        life.review("strengthen", Day(2026, 10, 6), dice("weak", life.row.code).choice(STRENGTHEN))
        life.row.status = Status.TO_STRENGTHEN

    def _now_appraised(self, life: Life) -> None:
        life.appraise("co_so", _after(life, 30), passed=True)
        life.row.status = Status.APPRAISED

    def _now_more_information(self, life: Life) -> None:
        day = _after(life, 10)
        life.row.status, life.row.returned_at = Status.MORE_INFORMATION, moment(day, 15)
        life.row.returned_by = self._leader(life, day)
        life.row.return_note = dice("more", life.row.code).choice(ASK_MORE)

    def _now_not_recognised(self, life: Life) -> None:
        life.appraise("co_so", _after(life, 30), passed=False)
        life.row.status = Status.NOT_RECOGNISED

    def _now_withdrawn(self, life: Life) -> None:
        day = _after(life, 15)
        life.end(Status.WITHDRAWN, day, "Trùng nội dung với phong trào khác của đơn vị.", self._leader(life, day))

    def _propose_2026(self) -> None:
        """Eight recognised by the province in May, the others wait in a batch that is drawn up."""
        standing = [life for life in self.kept if life.recognitions[-1][0] == "co_so" and life.row.status in GOOD]
        for number, life in enumerate(scatter(standing, "province 2026")[:PROPOSED_2026]):
            early = number < GRANTED_2026
            life.recognise("tinh", Day(2026, 5, 19) if early else Day(2026, 11, 16), granted=True if early else None)


def link_campaigns(*campaigns: Campaign) -> None:
    """Models registered in a year belong to the campaign of that year in which their unit took part."""
    for campaign in campaigns:
        units = campaign.participations.values("unit")
        rows = ExemplaryModel.objects.filter(registered_on__year=campaign.starts_on.year, unit__in=units)
        rows.update(campaign=campaign)


GOOD = (Status.RECOGNISED, Status.MAINTAINED, Status.EXEMPLARY)


def _first_level(life: Life) -> str:
    return "huyen" if life.row.target_level.code == "huyen" else "co_so"


def _batch_day(life: Life) -> Day:
    """Each commune decides on one of these days first, then on the later ones."""
    days = [Day(2026, 6, 16), Day(2026, 7, 21), Day(2026, 9, 15), Day(2026, 10, 20), Day(2026, 11, 19)]
    first = dice("batch", life.unit_on(Day(2026, 1, 1)).code).choice(days[:4])
    return next(day for day in days if day >= first and (day >= _after(life, 40) or day == days[-1]))


def _after(life: Life, days: int) -> Day:
    """So many days after it was registered this year, but not after the last decided week."""
    start = max(life.registered_on, Day(2026, 3, 2))
    return min(start + datetime.timedelta(days=days), Day(2026, 11, 19))
