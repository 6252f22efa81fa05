"""One release for many tests of `undertow check`, each part about companies of its own."""

from datetime import date
from decimal import Decimal

import polars as pl

from tests.flows.check_release import (
    ALDER,
    ALDER_TITLE,
    BIRCH,
    JOHN,
    MARY,
    OFFICE,
    Rows,
    company,
    entity,
    flag,
    rows,
    unit,
)
from transforms.model.indicator import PAGE_SECTIONS
from transforms.values.addresses import with_address


def registered(*companies: dict[str, object]) -> Rows:
    entities = [entity(str(row["company_id"]), str(row["name"])) for row in companies]
    return {"entity": entities, "company": [*companies]}


# The trade register of a Dutch town, with companies of short names, and a house there that has a postcode.
QUAY = "Dokstraat 8, Havermonde, 4494SS"

KEYED = with_address(
    pl.DataFrame({"line": ["Dokstraat 8, Havermonde"], "code": ["4494SS"]}),
    lines=[pl.col("line")],
    country=pl.lit("nl"),
    postcode_text=pl.col("code"),
).row(0, named=True)

DUTCH: Rows = {
    "entity": [entity("NL-KVK-27000077", "Zed B.V."), entity("NL-KVK-27000078", "De Zeer V.O.F.")],
    "company": [company("NL-KVK-27000077", "Zed B.V.")],
    "role_held": [
        {
            "territory": "nl",
            "role": "companies",
            "register": "nl_kvk_dataservice",
            "identifier_scheme": "NL-KVK",
        }
    ],
    "address": [
        {
            "address_id": KEYED["a_address_id"],
            "address_text": QUAY,
            "postcode": KEYED["a_postcode"],
            "country": "nl",
        }
    ],
}


LOSER, WINNER = "GB-COH-09100001", "GB-COH-09100002"

BID: Rows = registered(company(LOSER, "LARCH BIDDERS LIMITED"), company(WINNER, "ROWAN WINNERS LIMITED")) | {
    "bid": [
        {"bid_id": f"t/{n}", "position": 1, "process_id": "t", "bidder_id": bidder}
        for n, bidder in enumerate((LOSER, WINNER))
    ],
    "award": [{"award_id": "t/1", "position": 1, "process_id": "t", "supplier_id": WINNER}],
    "directed_set": [
        {"directed_set_id": "DS-1", "subject_id": one, "statement_id": "s1"} for one in (LOSER, WINNER)
    ],
    "permit": [
        {"permit_id": "b1", "premises_id": "A1", "financier_id": LOSER, "lessor_id": WINNER},
        {"permit_id": "b2", "premises_id": "A2", "manager_id": WINNER},
    ],
    "flag": [
        flag("b1", "PUB-090", "t", "award"),
        flag("b2", "ROL-020", "DS-1", "directed_set"),
        flag("b3", "PRM-010", "A1", "address"),
        flag("b4", "PRM-010", "A2", "address"),
        flag("b5", "PUB-100", "t", "award", "not_assessable"),
    ],
}


# Two of them are seated at one address. Of those in liquidation one has a case in the insolvency register.
DISSOLVED, LEFT, TO_BE_DISSOLVED = (f"GB-COH-0911000{n}" for n in (1, 2, 3))


INSOLVENT, IN_LIQUIDATION, IN_ADMINISTRATION = (f"GB-COH-0911000{n}" for n in (4, 5, 6))

HALL = "9 Hall Street, Zedton, ZT1 7AA"

ENDED: Rows = registered(
    company(
        DISSOLVED,
        "ASPEN LIMITED",
        status="dissolved",
        is_active=False,
        dissolved_on=date(2026, 2, 10),
        address_id=unit(HALL),
    ),
    company(LEFT, "BEECH LIMITED", is_active=False, left_register_on=date(2026, 3, 1), address_id=unit(HALL)),
    company(TO_BE_DISSOLVED, "CHERRY LIMITED", dissolved_on=date(2026, 12, 1)),
    company(INSOLVENT, "ELM LIMITED", status="insolvent"),
    company(IN_LIQUIDATION, "FIR LIMITED", status="liquidation", status_native="Liquidation"),
    company(IN_ADMINISTRATION, "GORSE LIMITED", status="liquidation"),
) | {
    "insolvency": [{"insolvency_id": "i/1", "company_id": IN_ADMINISTRATION, "kind": "administration"}],
    "address": [{"address_id": unit(HALL), "address_text": HALL, "postcode": "ZT1 7AA", "country": "gb"}],
}


# ALDER's title went to somebody in no register, so that no edition in force has it; the later sale of its
# unit is flagged.
SOLD: Rows = {
    "title_address": [
        {
            "title_id": ALDER_TITLE,
            "address_id": unit(OFFICE),
            "property_id": "UT-U-1",
            "role": "property",
            "statement_id": "a1",
        }
    ],
    "property": [{"property_id": "UT-U-1", "address_id": unit(OFFICE), "address_text": OFFICE}],
    "transaction": [
        {
            "transaction_id": "GB-PPD-1",
            "property_id": "UT-U-1",
            "address_id": unit(OFFICE),
            "transferred_on": date(2026, 5, 2),
            "currency": "GBP",
            "price": 1,
        }
    ],
    "flag": [
        flag("f6", "PRP-030", "GB-PPD-1", "transaction"),
        flag("f7", "PRP-040", "UT-U-1", "property", "not_assessable", reason="no_index"),
    ],
    "indicator": [{"code": "PRP-030", "title": "Resale", "parameters": "{}"}],
}


SHARED, LETTERED, NAMED = (
    "71-75 Zed Street, Kelderby, ZT1 8ZZ",
    "9A Zed Street, Kelderby, ZT1 8ZZ",
    "Flat 3, Zed House, Zed Street, Kelderby, ZT1 8ZZ",
)

LAND = "GB-HMLR-ZT100009"


SOLD_AT, SOLD_FLAT = "12 Zed Row, Zedton, ZT1 9ZZ", "Flat 2, 14 Zed Row, Zedton, ZT1 9ZZ"


# Two units that price-paid records alone know: a house that is a property, and a flat that is none. Both
# sales are flagged, the property too. Beside them units of another postcode, and a title that has none.
KNOWN = {"postcode": "ZT1 9ZZ", "area_name": "HARROWMERE", "area_code": "E07000001"}

SALE = {**KNOWN, "transferred_on": date(2026, 5, 2), "currency": "GBP", "price": 1}

HOUSE = {"property_id": "UT-U-9", "address_id": unit(SOLD_AT), "address_text": SOLD_AT}

FLAT = {"property_id": None, "address_id": unit(SOLD_FLAT), "address_text": SOLD_FLAT}

PRICED: Rows = {
    "address": [
        {"address_id": unit(text), "address_text": text, "postcode": "ZT1 8ZZ", "country": "gb"}
        for text in (SHARED, LETTERED, NAMED)
    ],
    "title": [{"title_id": LAND, "address_text": "Land on the north side of Zed Road, Kelderby"}],
    "property": [{**HOUSE, **KNOWN}],
    "transaction": [
        {**SALE, **what, "transaction_id": sale, "register": "gb_hmlr_price_paid"}
        for sale, what in (("GB-PPD-9", HOUSE), ("GB-PPD-8", FLAT))
    ],
    "flag": [
        flag("f8", "PRP-040", "GB-PPD-8", "transaction"),
        flag("f9", "PRP-030", "GB-PPD-9", "transaction"),
        flag("f10", "PRP-070", "UT-U-9", "property"),
    ],
}

OF_OWN_INDICATOR = "GB-COH-09120001"

WORDS = {"Ordinary explanations": "A move.", "What would clear it": "A lease."}

OWN_INDICATOR: Rows = registered(company(OF_OWN_INDICATOR, "HAZEL LIMITED")) | {
    "indicator": [
        {
            "code": "LOC-010",
            "title": "New here",
            "parameters": "{}",
            "page": "\n".join(f"## {name}\n\n{WORDS.get(name, '')}\n" for name in PAGE_SECTIONS),
            "law": "A by-law may forbid it.",
            "ask_next": ["Where is the lease?"],
        }
    ],
    "flag": [flag("own", "LOC-010", OF_OWN_INDICATOR, "legal_entity", lane="stop")],
}


APPLICANT, ATTACHED, SHOP = "GB-COH-09130001", "GB-HMLR-ZT100031", "7 Shop Street, Zedton, ZT1 6AA"

PERMIT = {"permit": "2024-17", "permit_kind": "care", "premises_id": unit(SHOP)}

APPLIED: Rows = registered(company(APPLICANT, "IVY LIMITED")) | {
    "address": [{"address_id": unit(SHOP), "address_text": SHOP, "postcode": "ZT1 6AA", "country": "gb"}],
    "title": [{"title_id": ATTACHED, "address_text": SHOP}],
    "proprietorship": [{"title_id": ATTACHED, "position": 1, "party_id": APPLICANT, "statement_id": "s31"}],
    "permit": [
        {
            **PERMIT,
            "permit_id": "p1",
            "applicant_id": APPLICANT,
            "state": "refused",
            "decided_on": date(2024, 5, 1),
        },
        {**PERMIT, "permit_id": "p2", "manager_id": APPLICANT, "applicant_id": BIRCH, "state": "granted"},
    ],
    "insolvency": [
        {
            "insolvency_id": f"{APPLICANT}/1",
            "company_id": APPLICANT,
            "kind": "administration",
            "is_insolvency": True,
            "began_on": date(2025, 3, 1),
        }
    ],
    "charge": [
        {"charge_id": "a1", "kind": "attachment", "title_id": ATTACHED, "lender_name": "A Creditor Ltd"},
        {"charge_id": "a2", "kind": "mortgage", "title_id": ATTACHED, "lender_name": "A Bank plc"},
    ],
    "relationship": [
        {
            "subject_id": APPLICANT,
            "party_id": JOHN,
            "statement_id": "v1",
            "is_open": True,
            "verification_due_on": date(2026, 8, 1),
        }
    ],
}


# Editions of many bodies that look alike, and a company with a flag and something not assessable.
OF_A_BODY = next(row for row in rows()["edition"] if row["register"] == "gb_coh_psc")

ASSESSED = "GB-COH-09140001"

OF_BODIES: Rows = registered(company(ASSESSED, "JUNIPER LIMITED")) | {
    "edition": [{**OF_A_BODY, "dataset": f"d{n}", "file_sha256": f"{n:064x}"} for n in range(2)],
    "flag": [
        flag("j1", "OWN-010", ASSESSED, "legal_entity"),
        flag("j2", "DEC-010", ASSESSED, "legal_entity", "not_assessable", reason="no_number"),
    ],
}

BORROWER = "GB-COH-09150001"

LOAN = {
    "kind": "charge",
    "borrower_id": BORROWER,
    "lender_id": None,
    "title_position": 1,
    "currency": "GBP",
    "status": "outstanding",
    "created_on": date(2024, 6, 10),
}

BORROWED: Rows = registered(company(BORROWER, "LAUREL LIMITED")) | {
    "charge": [
        {**LOAN, "charge_id": name, "lender_name": name, "amount_secured": Decimal(amount)}
        for name, amount in (("A Bank plc", 60), ("B Bank plc", 90))
    ]
}


RECEIVER, MORTGAGED, MORTGAGED_TOO = "GB-COH-09160001", "GB-HMLR-ZT100061", "GB-HMLR-ZT100062"

PAID = {
    "payer_id": "body:zed",
    "payer_name": "Zed Council",
    "payee_id": RECEIVER,
    "kind": "payment",
    "amount": Decimal(5),
    "currency": "GBP",
    "flowed_on": date(2026, 5, 4),
}

MORTGAGE = {
    "kind": "mortgage",
    "deed_id": "HYP3",
    "position": 1,
    "lender_id": BIRCH,
    "amount_secured": Decimal(90),
    "currency": "EUR",
    "status": "outstanding",
}

OTHER_LOAN = {
    **MORTGAGE,
    "charge_id": "m3",
    "deed_id": None,
    "lender_id": None,
    "borrower_id": RECEIVER,
    "amount_secured": Decimal(60),
}

RECEIVED: Rows = registered(company(RECEIVER, "MAPLE LIMITED")) | {
    "flow": [
        {**PAID, "flow_id": "1", "status": "paid"},
        {**PAID, "flow_id": "2", "status": "planned", "amount": Decimal(7), "flowed_on": date(2026, 6, 8)},
    ],
    "title": [
        {"title_id": MORTGAGED, "price_paid_eur": Decimal(80)},
        {"title_id": MORTGAGED_TOO, "price_paid_gbp": Decimal(250_000)},
    ],
    "proprietorship": [
        {"title_id": title, "position": 1, "party_id": RECEIVER, "statement_id": title}
        for title in (MORTGAGED, MORTGAGED_TOO)
    ],
    "charge": [
        *({**MORTGAGE, "charge_id": title, "title_id": title} for title in (MORTGAGED, MORTGAGED_TOO)),
        *({**OTHER_LOAN, "position": position} for position in (1, 2)),
    ],
    "interest": [
        {
            **rows()["interest"][0],
            "interest_id": "m1",
            "statement_id": "m1",
            "subject_id": RECEIVER,
            "joint_group": "alone",
        }
    ],
}

DIRECTED: Rows = {
    "interest": [
        {
            **rows()["interest"][0],
            **dict.fromkeys(("statement_id", "interest_id"), f"seat{number}"),
            **{"subject_id": company_id, "party_id": MARY, "interest_type": office, "basis": "board"},
            **{"share_min": None, "share_max": None, "valid_from": since, "is_open": is_open},
        }
        for number, (company_id, office, is_open, since) in enumerate(
            (
                (ALDER, "boardMember", True, date(2015, 3, 1)),
                (ALDER, "boardChair", True, date(2018, 1, 1)),
                (BIRCH, "boardMember", False, date(2001, 1, 1)),
                (RECEIVER, "seniorManagingOfficial", True, None),
            )
        )
    ]
}
