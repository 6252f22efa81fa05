"""Companies House's codes, one by one, against a second reading of their wording; and owners' wording."""

import re
from decimal import Decimal

import polars as pl
import pytest

from transforms.formats import gb_coh
from transforms.model.parsing import conform
from transforms.model.register import BATCH_COLUMNS, Edition, Parsed
from transforms.registers.gb_coh_psc import FIELDS, parse

EDITION = Edition("gb_coh_psc", "psc", "2026-01-05", "0" * 64)
# BODS 0.4, codelist interestType.
BODS_INTEREST_TYPES = {
    "shareholding",
    "votingRights",
    "appointmentOfBoard",
    "otherInfluenceOrControl",
    "seniorManagingOfficial",
    "settlor",
    "trustee",
    "protector",
    "beneficiaryOfLegalArrangement",
    "rightsToSurplusAssetsOnDissolution",
    "rightsToProfitOrIncome",
    "rightsGrantedByContract",
    "conditionalRightsGrantedByContract",
    "controlViaCompanyRulesOrArticles",
    "controlByLegalFramework",
    "boardMember",
    "boardChair",
    "unknownInterest",
    "unpublishedInterest",
    "enjoymentAndUseOfAssets",
    "rightToProfitOrIncomeFromAssets",
    "nominee",
    "nominator",
}
INTERVALS = {
    "25-to-50-percent": (25, 50, True, False),
    "50-to-75-percent": (50, 75, True, True),
    "75-to-100-percent": (75, 100, False, False),
    "more-than-25-percent": (25, 100, True, False),
}
MEANINGS = (
    (r"^ownership-of-shares-", "shares", "shareholding"),
    (r"^voting-rights-", "votes", "votingRights"),
    (r"^(?:part-)?right-to-share-surplus-assets-", "surplus_assets", "rightsToSurplusAssetsOnDissolution"),
    (r"^right-to-appoint-and-remove-(?:directors|members|person)", "board", "appointmentOfBoard"),
    (r"^significant-influence-or-control", "influence", "otherInfluenceOrControl"),
    (r"^registered-owner-as-nominee-", "unknown", "nominator"),
)
CODES = gb_coh.natures()["code"].to_list()


def expected_meaning(code: str) -> tuple[str, str]:
    ((basis, interest_type),) = [
        (basis, interest_type) for pattern, basis, interest_type in MEANINGS if re.search(pattern, code)
    ]
    return basis, interest_type


def expected_interval(code: str) -> tuple[Decimal | None, Decimal | None, bool, bool]:
    for words, (low, high, low_out, high_out) in INTERVALS.items():
        if words in code:
            return Decimal(low), Decimal(high), low_out, high_out
    return None, None, False, False


def expected_via(code: str) -> str | None:
    overseas = code.endswith("-registered-overseas-entity")
    if "-as-control-over-" in code:
        return "influence_over_trust" if "-over-trust" in code else "influence_over_firm"
    if "-as-trust" in code:
        return "trustee_of_trust" if overseas else "influence_over_trust"
    if "-as-firm" in code:
        return "member_of_firm" if overseas else "influence_over_firm"
    return "owner_of_nominator" if "-nominee-another-entity-" in code else None


def a_batch(codes: list[str]) -> pl.DataFrame:
    """One individual a code."""
    count = len(codes)
    given = {
        "record_no": range(1, count + 1),
        "byte_offset": [0] * count,
        "byte_length": [1] * count,
        "part_no": [1] * count,
        "content_hash": range(count),
        "company_number": ["09990001"] * count,
        "data.kind": ["individual-person-with-significant-control"] * count,
        "data.links.self": [f"/company/09990001/{n}" for n in range(count)],
        "data.natures_of_control": [[code] for code in codes],
    }
    frame = pl.DataFrame(given, schema_overrides=dict(BATCH_COLUMNS))
    return conform(frame, FIELDS)[0]


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    return parse(a_batch(CODES), EDITION)


def test_the_list_is_complete() -> None:
    # 86 codes in api-enumerations: 24 company, 24 LLP, 12 Scottish partnership, 26 overseas entity.
    assert gb_coh.natures()["form"].value_counts().sort("form").rows() == [
        ("company", 24),
        ("llp", 24),
        ("overseas_entity", 26),
        ("partnership", 12),
    ]
    assert set(gb_coh.natures()["interest_type"]) <= BODS_INTEREST_TYPES
    assert {via.holder_interest_type for via in gb_coh.VIAS.values()} <= BODS_INTEREST_TYPES


@pytest.mark.parametrize("code", CODES)
def test_code_means_what_its_words_say(code: str) -> None:
    row = gb_coh.natures().row(by_predicate=pl.col("code") == code, named=True)
    assert (row["basis"], row["interest_type"]) == expected_meaning(code)
    assert (
        row["share_min"],
        row["share_max"],
        row["share_min_exclusive"],
        row["share_max_exclusive"],
    ) == expected_interval(code)
    assert row["via"] == expected_via(code)


@pytest.mark.parametrize("code", CODES)
def test_code_becomes_one_interest_in_the_subject(parsed: Parsed, code: str) -> None:
    record_no = CODES.index(code) + 1
    interests = parsed.tables["interest_statement"].filter(pl.col("record_no") == record_no)
    relationships = parsed.tables["relationship_statement"].filter(pl.col("record_no") == record_no)
    to_subject = relationships.filter(pl.col("subject_id") == "GB-COH-09990001")
    row = interests.filter(
        pl.col("relationship_statement_id").is_in(to_subject["statement_id"].implode())
    ).row(0, named=True)
    holder = relationships.row(
        by_predicate=pl.col("statement_id") == row["relationship_statement_id"], named=True
    )["party_statement_id"]
    assert row["native_code"] == code and row["reach"] == "unknown"
    assert (row["basis"], row["interest_type"]) == expected_meaning(code)
    assert (
        row["share_min"],
        row["share_max"],
        row["share_min_exclusive"],
        row["share_max_exclusive"],
    ) == expected_interval(code)
    assert holder.endswith("-p") is (expected_via(code) is None)


@pytest.mark.parametrize("code", [code for code in CODES if expected_via(code)])
def test_what_an_arrangement_holds_is_never_the_persons_own(parsed: Parsed, code: str) -> None:
    record_no = CODES.index(code) + 1
    tables = {name: table.filter(pl.col("record_no") == record_no) for name, table in parsed.tables.items()}
    arrangement = tables["entity_statement"].row(0, named=True)
    assert (arrangement["role"], arrangement["name"], arrangement["identifier"]) == (
        "arrangement",
        None,
        None,
    )
    own = tables["relationship_statement"].filter(pl.col("party_statement_id").str.ends_with("-p"))
    assert own["statement_id"].str.extract(r"^[0-9a-f]+-(.+)$", 1).to_list() == [
        "r",
        f"{gb_coh.VIAS[str(expected_via(code))].part}-h",
    ]
    assert own["subject_statement_id"].to_list() == [None, arrangement["statement_id"]]
    (held,) = (
        tables["interest_statement"]
        .filter(pl.col("relationship_statement_id").is_in(own["statement_id"].implode()))
        .iter_rows(named=True)
    )
    assert held["share_min"] is None and held["share_max"] is None
    assert held["interest_type"] == (
        "trustee"
        if expected_via(code) == "trustee_of_trust"
        else "unknownInterest"
        if "nominee" in code
        else "otherInfluenceOrControl"
    )
    assert held["basis"] == ("unknown" if "nominee" in code else "influence")


def test_trusts_of_one_subject_count_once_and_so_do_firms(parsed: Parsed) -> None:
    groups = parsed.tables["interest_statement"].filter(pl.col("statement_id").str.contains("-r-i"))
    by_code = {row["native_code"]: row["joint_group"] for row in groups.iter_rows(named=True)}
    for code in CODES:
        via = expected_via(code)
        kind = "trust" if via and via.endswith("trust") else "firm" if via and via.endswith("firm") else None
        assert by_code[code] == (kind and f"GB-COH-09990001/{kind}")


STATEMENTS = {
    "no_owner": ["no-individual-or-entity-with-signficant-control"],
    "undisclosed": [
        "psc-exists-but-not-identified",
        "psc-details-not-confirmed",
        "steps-to-find-psc-not-yet-completed",
        "psc-contacted-but-no-response",
        "psc-has-failed-to-confirm-changed-details",
        "restrictions-notice-issued-to-psc",
    ],
}
OVERSEAS_STATEMENTS = {
    "no-beneficial-owner-identified": "undisclosed",
    "at-least-one-beneficial-owner-unidentified": "undisclosed",
    "information-not-provided-for-at-least-one-beneficial-owner": "undisclosed",
    "at-least-one-beneficial-owner-unidentified-and-"
    "information-not-provided-for-at-least-one-beneficial-owner": "undisclosed",
    "all-beneficial-owners-identified": "neutral",
    "nobody-has-become-or-ceased-to-be-a-beneficial-owner": "neutral",
    "somebody-has-become-or-ceased-to-be-a-beneficial-owner": "neutral",
    "no-change-beneficial-owner-relevant-period": "neutral",
    "change-beneficial-owner-relevant-period": "neutral",
    "no-trust-involved-relevant-period": "neutral",
    "trust-involved-relevant-period": "neutral",
    "no-change-beneficiary-relevant-period": "neutral",
    "change-beneficiary-relevant-period": "neutral",
}


def test_every_statement_has_its_class_and_a_reason_unless_it_is_neutral() -> None:
    expected = {
        code + suffix: name
        for name, codes in STATEMENTS.items()
        for code in codes
        for suffix in ("", "-partnership")
    } | OVERSEAS_STATEMENTS
    rows = {
        row["code"]: row
        for row in gb_coh.statements().iter_rows(named=True)
        if row["record_type"] == "statement"
    }
    corrected = {code for code in rows if "significant-control" in code}
    assert {code: row["declaration_class"] for code, row in rows.items() if code not in corrected} == expected
    assert {rows[code]["declaration_class"] for code in corrected} == {"no_owner"}
    assert all(
        (row["unspecified_reason"] is None) is (row["declaration_class"] == "neutral")
        for row in rows.values()
    )


@pytest.mark.parametrize(
    ("country", "place", "authority", "is_uk"),
    [
        ("England & Wales", "Companies House Cardiff", "Companies Act", True),
        ("United Kingdom", None, None, True),
        ("Scotland", None, None, True),
        (None, "Companies House", None, True),
        (None, "Companies House, England And Wales", None, True),
        (None, "England And Wales", None, True),
        (None, None, "Companies House", True),
        (None, "The Registrar Of Companies For England And Wales", None, True),
        (None, "Register Of Companies, Scotland", None, True),
        (None, "Companies Registry", "United Kingdom", True),
        (None, None, "England & Wales", True),
        (None, "Jersey", "England & Wales", False),
        ("Cardiff House", "Company House", None, True),
        ("Jersey", "Companies House", None, False),
        ("Isle Of Man", "Companies House", "Companies Act 2006", False),
        (None, "Companies House Gibraltar", None, False),
        (None, "Jersey", "Companies House", False),
        (None, None, "Companies Act 2006", False),
        (None, "Delaware", None, False),
        (None, None, None, False),
    ],
)
def test_only_numbers_of_the_uk_registrar_are_its(
    country: str | None, place: str | None, authority: str | None, is_uk: bool
) -> None:
    row = pl.DataFrame(
        {"c": [country], "p": [place], "a": [authority]},
        schema={"c": pl.String, "p": pl.String, "a": pl.String},
    )
    assert row.select(gb_coh.is_in_uk_register(pl.col("c"), pl.col("p"), pl.col("a"))).item() is is_uk


@pytest.mark.parametrize(
    ("legal_form", "legal_form_class", "entity_type"),
    [
        ("Private Limited Company", "company", None),
        ("Limited By Shares", "company", None),
        ("ltd.", "company", None),
        ("Company Limited By Guarantee", "guarantee_company", None),
        ("Private Company Limited by Guarantee Without Share Capital", "guarantee_company", None),
        ("Public Limited Company", "plc", None),
        ("P.L.C.", "plc", None),
        ("Limited Liability Partnership", "llp", None),
        ("LLP", "llp", None),
        ("Scottish Limited Partnership", "limited_partnership", None),
        ("GmbH & Co. KG", "limited_partnership", None),
        ("Registered Society", "society", None),
        ("Community Benefit Society Limited", "society", None),
        ("Industrial & Provident Society", "society", None),
        ("Charitable Incorporated Organisation", "cio", None),
        ("Unlimited Company", "company", None),
        ("Royal Charter Company", "royal_charter", None),
        ("S.A.R.L.", "other", None),
        ("Non-UK Government", "other", "state"),
        ("Sovereign State", "other", "state"),
        ("Government Department", "other", "stateBody"),
        ("Local Authority", "other", "stateBody"),
        ("London Borough Council", "other", "stateBody"),
        ("State Owned Company", "company", None),
        ("Law Of England", "unknown", None),
        ("", "unknown", None),
        (None, "unknown", None),
    ],
)
def test_legal_forms_as_people_type_them(
    legal_form: str | None, legal_form_class: str, entity_type: str | None
) -> None:
    classes = gb_coh.classified(pl.Series([legal_form, "Ltd", legal_form], dtype=pl.String))
    assert classes.rows() == [
        (legal_form_class, entity_type),
        ("company", None),
        (legal_form_class, entity_type),
    ]
