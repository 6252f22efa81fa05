"""Dutch and Belgian companies: what joins a record to the entry that their register has of them."""

from collections.abc import Sequence

import polars as pl

from tests.transforms.invented_rows import Record, entity, parties, resolved

KADE = ("1 Zedkade", "1017 CB")
WEG = ("9 Zedweg", "3011 AA")
SCHEMES = {"nl": "NL-KVK", "be": "BE-BCE_KBO"}


def _number(country: str, n: int) -> str:
    """The `n`th number of a register."""
    body = 4031707 + n
    return f"3401234{n}" if country == "nl" else f"{body:08d}{97 - body % 97:02d}"


def _identified(country: str, n: int) -> dict[str, object]:
    return {"identifier_scheme": SCHEMES[country], "identifier": _number(country, n)}


def _entry(n: int, name: str, country: str) -> Record:
    """The register's entry with its `n`th number."""
    entry = {**_identified(country, n), "is_registry_entry": True, "role": "subject"}
    return entity(2 * n, name, _number(country, n), KADE[0], country=country, postcode=KADE[1], **entry)


def _other(
    n: int,
    name: str,
    number: str | None,
    country: str,
    place: tuple[str, str] = WEG,
    **fields: object,
) -> Record:
    return entity(2 * n + 1, name, number, place[0], country=country, postcode=place[1], **fields)


def _outcomes(pairs: Sequence[tuple[Record, Record]]) -> list[tuple[object, ...]]:
    """Party (None: one of its own), method and candidate of the second record of each pair, in one night: the
    pairs have nothing in common that could join them.
    """
    rows = resolved([record for pair in pairs for record in pair]).rows
    outcome_of = {
        record: (None if party.startswith("UT-E-") else party, *rest)
        for record, party, *rest in rows.select("record", "party_id", "method", "candidate_id").iter_rows()
    }
    return [outcome_of[f"e{2 * n + 1}"] for n in range(len(pairs))]


def test_a_dutch_name_alone_is_a_candidate_as_two_companies_may_have_it() -> None:
    cases = (
        ("Jansen Beheer B.V.", WEG, (None, "record", "NL-KVK-34012340")),
        ("Bakker Techniek B.V.", KADE, ("NL-KVK-34012341", "name_and_address", None)),
    )
    pairs = [
        (_entry(n, name, "nl"), _other(n, name, None, "nl", place))
        for n, (name, place, _expected) in enumerate(cases)
    ]
    assert _outcomes(pairs) == [expected for _name, _place, expected in cases]


def test_a_number_of_kbo_joins_a_name_that_states_the_form_which_kbo_leaves_out() -> None:
    cases = (
        ("Zed", "be", "ZED NV", True),
        ("Quill", "be", "SRL Quill", True),
        ("Ibis", "be", "IBIT NV", False),
        ("Marlow Holding", "nl", "Marlow Holding B.V.", True),
        ("Tulip 1", "nl", "Tulip 2 B.V.", False),
    )
    pairs, expected = [], []
    for n, (name, country, stated, is_joined) in enumerate(cases):
        identified, number = _identified(country, n), _number(country, n)
        pairs.append((_entry(n, name, country), _other(n, stated, number, country, **identified)))
        party = f"{SCHEMES[country]}-{number}"
        expected.append((party, "identifier_and_name", None) if is_joined else (None, "record", party))
    assert _outcomes(pairs) == expected


def test_a_number_without_a_scheme_joins_the_entry_whose_own_it_is() -> None:
    """As an owner in the British register, or a watch list, states it; another number keeps them apart."""
    cases = (
        ("Zephyr Tulip", "nl", f"KvK {_number('nl', 0)}", True),
        ("Quill Lantern", "nl", _number("nl", 9), False),
        ("Marlow Ibis", "be", "BE 0403.170.996", True),
        ("Heron Castle", "be", "0403.171.096", False),
    )
    pairs, expected = [], []
    for n, (name, country, stated, is_joined) in enumerate(cases):
        pairs.append((_entry(n, name, country), _other(n, name, stated, country)))
        party = f"{SCHEMES[country]}-{_number(country, n)}"
        expected.append((party, "identifier_and_name", None) if is_joined else (None, "record", None))
    assert _outcomes(pairs) == expected


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
    holder, entry = {"role": "owner"}, {"role": "subject", "is_registry_entry": True}
    joins = {"nl_kvk_dataservice": True, "nl_brk": True, "zed": False}
    cases = [(register, newest) for register in joins for newest in (holder, entry)]
    before, after = (
        ("Zephyr", "Marlow", "Heron", "Cedar", "Alder", "Birch"),
        (
            "Quill",
            "Lantern",
            "Ibis",
            "Thistle",
            "Harbour",
            "Castle",
        ),
    )
    rows = []
    for n, (register, newest) in enumerate(cases):
        known = {**_identified("nl", n), "register": register}
        for k, (name, stated) in enumerate(((before[n], holder), (after[n], newest))):
            fields = {**known, **stated}
            number = _number("nl", n)
            rows.append(
                entity(2 * n + k, f"{name} B.V.", number, WEG[0], country="nl", postcode=WEG[1], **fields)
            )
    joined = parties(resolved(rows, registers=list(joins)))
    for n, (register, newest) in enumerate(cases):
        is_joined = joined.get(f"NL-KVK-{_number('nl', n)}") == {f"e{2 * n}", f"e{2 * n + 1}"}
        assert is_joined is joins[register], (register, newest)


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
