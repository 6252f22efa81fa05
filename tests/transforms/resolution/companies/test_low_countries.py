"""Dutch and Belgian companies: what joins a record to the entry that their register has of them."""

import polars as pl

from tests.transforms.invented_rows import Record, entity, parties, resolved

KADE = ("1 Zedkade", "1017 CB")
WEG = ("9 Zedweg", "3011 AA")
NL, BE = ("nl", "NL-KVK", "34012345"), ("be", "BE-BCE_KBO", "0403170701")


def _entry(name: str, register: tuple[str, str, str], **fields: object) -> Record:
    country, scheme, number = register
    known = {"identifier_scheme": scheme, "identifier": number, "is_registry_entry": True, "role": "subject"}
    return entity(0, name, number, KADE[0], country=country, postcode=KADE[1], **{**known, **fields})


def _of_record(entry: Record, other: Record) -> tuple[object, ...]:
    """Party (None: one of its own), method and candidate of the other record."""
    row = resolved([entry, other]).rows.filter(record="e1")
    party, *rest = row.select("party_id", "method", "candidate_id").row(0)
    return (None if party.startswith("UT-E-") else party, *rest)


def test_a_dutch_name_alone_is_a_candidate_as_two_companies_may_have_it() -> None:
    name = "Jansen Beheer B.V."
    for place, expected in (
        (WEG, (None, "record", "NL-KVK-34012345")),
        (KADE, ("NL-KVK-34012345", "name_and_address", None)),
    ):
        other = entity(1, name, None, place[0], country="nl", postcode=place[1])
        assert _of_record(_entry(name, NL), other) == expected


def test_a_number_of_kbo_joins_a_name_that_states_the_form_which_kbo_leaves_out() -> None:
    for name, register, stated, is_joined in (
        ("Zed", BE, "ZED NV", True),
        ("Zed", BE, "SRL Zed", True),
        ("Zed", BE, "ZEB NV", False),
        ("Zed Holding", NL, "Zed Holding B.V.", True),
        ("Zed 1", NL, "Zed 2 B.V.", False),
    ):
        country, scheme, number = register
        known = {"identifier_scheme": scheme, "identifier": number}
        other = entity(1, stated, number, WEG[0], country=country, postcode=WEG[1], **known)
        party = f"{scheme}-{number}"
        expected = (party, "identifier_and_name", None) if is_joined else (None, "record", party)
        assert _of_record(_entry(name, register), other) == expected, stated


def test_a_number_without_a_scheme_joins_the_entry_whose_own_it_is() -> None:
    """As an owner in the British register, or a watch list, states it; another number keeps them apart."""
    for country, register, number, is_joined in (
        ("nl", NL, "KvK 34012345", True),
        ("nl", NL, "34012346", False),
        ("be", BE, "BE 0403.170.701", True),
        ("be", BE, "0403.170.702", False),
    ):
        other = entity(1, "Zephyr Tulip", number, WEG[0], country=country, postcode=WEG[1])
        party = "-".join(register[1:])
        expected = (party, "identifier_and_name", None) if is_joined else (None, "record", None)
        assert _of_record(_entry("Zephyr Tulip", register), other) == expected, number


def test_who_is_renamed_keeps_its_number_where_no_register_held_has_it() -> None:
    """Another name at another place with that number is a candidate, as before."""
    june, july = "2026-06-01", "2026-07-01"
    known = {"identifier_scheme": "NL-KVK", "identifier": "34012345", "role": "proprietor"}
    stated = (
        ("T1", june, "Zephyr Tulip B.V."),
        ("T1", july, "Quill Lantern B.V."),
        ("T2", july, "Quill Lantern B.V."),
        ("T3", july, "Marlow Ibis B.V."),
    )
    rows = [
        entity(n, name, "34012345", WEG[0], country="nl", record=record, edition=edition, **known)
        for n, (record, edition, name) in enumerate(stated)
    ]
    resolution = resolved(rows, editions=(("zed", june, "history"), ("zed", july, "in_force")))
    assert parties(resolution)["NL-KVK-34012345"] == {"T1", "T2"}
    assert resolution.rows.filter(record="T3")["candidate_id"].to_list() == ["NL-KVK-34012345"]


def test_a_number_from_the_trade_register_joins_the_name_of_before_too() -> None:
    """Without an answer about the company itself, and with one, which does not say what it was called."""
    holder = {"identifier_scheme": "NL-KVK", "identifier": "34012345", "role": "owner"}
    entry = {**holder, "role": "subject", "is_registry_entry": True}
    for register, joins in (("nl_kvk_dataservice", True), ("nl_brk", True), ("zed", False)):
        for newest in (holder, entry):
            rows = [
                entity(n, name, "34012345", WEG[0], country="nl", register=register, **stated)
                for n, (name, stated) in enumerate(
                    (("Zephyr Tulip B.V.", holder), ("Quill Lantern B.V.", newest))
                )
            ]
            joined = parties(resolved(rows, register=register))
            assert (joined.get("NL-KVK-34012345") == {"e0", "e1"}) is joins, (register, newest)


def test_a_proprietor_without_a_number_keeps_its_id_at_another_place_on_the_title() -> None:
    june, july = "2026-06-01", "2026-07-01"
    places = (
        ("ZT1 proprietor 1", june, "PARISH OF ZED"),
        ("ZT1 proprietor 2", june, "THE WARDENS"),
        ("ZT1 proprietor 1", july, "THE WARDENS"),
        ("ZT2 proprietor 1", july, "THE WARDENS"),
    )
    rows = [
        entity(n, name, None, f"{n} Calle", country="pa", role="proprietor", record=record, edition=edition)
        for n, (record, edition, name) in enumerate(places)
    ]
    resolution = resolved(rows, editions=(("zed", june, "history"), ("zed", july, "in_force")))
    party = dict(resolution.rows.select(pl.concat_str("record", "edition"), "party_id").iter_rows())
    one, other, moved, elsewhere = (party[f"{record}{edition}"] for record, edition, _ in places)
    assert moved == other and len({one, other, elsewhere}) == 3
