"""What one release says about the parties, titles and places of a check: SQL over `v_*` views only.

Each query takes `$ids` and gives one row for each fact, with `id` (which of them it is about) and `all_n` (how many facts
of this kind that one has; LISTED_MAX are kept, and LEFT_IN says where the others are). The same queries serve one subject and ten thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.facts.areas import Areas
from flows.facts.rows import Row, flag_evidence
from transforms.model.sql import Connection

LISTED_MAX = 100  # rows of one list; the number of all is said, and the view they are in has the rest
EVIDENCE_MAX = 10  # facts of one flag; the number of all is said, and `undertow explain` has the rest
EVIDENCE_FIELDS = (
    "position",
    "role",
    "register",
    "edition",
    "record",
    "field",
    "value",
    "file_sha256",
    "facts_n",
)

ENTITY_SQL = """
select e.entity_id as id, e.name, e.entity_type, coalesce(c.jurisdiction, e.jurisdiction) as jurisdiction, coalesce(c.legal_form, e.legal_form) as legal_form,
    e.in_register, e.is_listed, c.status, c.status_native, c.is_active, c.incorporated_on, c.registered_on, c.dissolved_on, c.left_register_on, c.former_names,
    c.accounts_category, c.charges_outstanding_n, c.address_id, a.address_text, a.address_class, a.active_seats_n, c.area_name, c.area_code, c.register, c.edition
from v_entity e left join v_company c on c.company_id = e.entity_id left join v_address a on a.address_id = c.address_id
where e.entity_id in (select unnest($ids))
order by e.entity_id
"""
# Name and kind of whoever stands in a list.
NAMED = """
named(party_id, name, kind) as (
    select entity_id, name, case when entity_type = 'arrangement' then 'arrangement' else 'legal_entity' end from v_entity
    union all
    select person_id, full_name, case when person_type = 'anonymousPerson' then 'protected' else 'person' end from v_person
)
"""
INTERESTS_SQL = f"""
with {NAMED}
select i.subject_id as id, i.party_id, n.name, n.kind, i.interest_type, i.basis, i.reach, i.share_min, i.share_max, i.share_min_exclusive, i.share_max_exclusive,
    i.joint_group, i.valid_from, i.interest_id
from v_interest i left join named n on n.party_id = i.party_id
where i.is_open and i.subject_id in (select unnest($ids))
"""
# Holders of whom the register says no more than that they are one, and declarations that name nobody.
DECLARATIONS_SQL = f"""
with {NAMED}
select r.subject_id as id, r.party_id, n.name, n.kind, r.unspecified_reason, r.declaration_code, r.declaration_class, r.valid_from, r.statement_id
from v_relationship r left join named n on n.party_id = r.party_id
where r.is_open and r.subject_id in (select unnest($ids))
    and not exists (select 1 from v_interest i where i.statement_id = r.statement_id)
"""
OWNERSHIP_SQL = f"""
with {NAMED}
select o.subject_id as id, o.party_id, n.name, n.kind, o.basis, o.share_min, o.share_max_declared, o.share_max, o.share_min_exclusive,
    o.share_max_declared_exclusive, o.is_as_declared
from v_integrated_ownership o left join named n on n.party_id = o.party_id
where o.basis in ('shares', 'votes') and o.subject_id in (select unnest($ids))
"""
CONTROL_SQL = f"""
with {NAMED}
select c.subject_id as id, c.party_id, n.name, n.kind as party_kind, c.verdict, c.kind, g.control_group_id
from v_control c
left join named n on n.party_id = c.party_id
left join v_control_group g on g.controller_id = c.party_id and g.subject_id = c.subject_id
where c.subject_id in (select unnest($ids))
"""
OWNERS_SQL = """
select b.subject_id as id, b.regime, b.party_id, p.full_name as name, b.verdict, b.basis, b.share_min, b.share_max_declared, b.share_max, b.reason, b.is_as_declared
from v_beneficial_owner b left join v_person p on p.person_id = b.party_id
where b.subject_id in (select unnest($ids))
"""
# What a party, legal or natural, owns or controls; flags_n: flags on that entity itself.
HOLDINGS_SQL = """
with met as (
    select o.party_id as id, o.subject_id from v_integrated_ownership o where o.party_id in (select unnest($ids))
    union
    select c.party_id, c.subject_id from v_control c where c.party_id in (select unnest($ids))
    union
    select i.party_id, i.subject_id from v_interest i where i.is_open and i.party_id in (select unnest($ids))
),
flagged as (select subject_id, count(*) as flags_n from v_flag where state = 'flagged' and subject_type = 'legal_entity' group by subject_id)
select m.id, m.subject_id, e.name, s.share_min as shares_min, s.share_max_declared as shares_max_declared,
    s.share_min_exclusive as shares_min_exclusive, s.share_max_declared_exclusive as shares_max_exclusive, v.share_min as votes_min,
    v.share_max_declared as votes_max_declared, v.share_min_exclusive as votes_min_exclusive, v.share_max_declared_exclusive as votes_max_exclusive, c.verdict as control_verdict, c.kind as control_kind, coalesce(f.flags_n, 0) as flags_n
from met m
left join v_entity e on e.entity_id = m.subject_id
left join v_integrated_ownership s on s.party_id = m.id and s.subject_id = m.subject_id and s.basis = 'shares'
left join v_integrated_ownership v on v.party_id = m.id and v.subject_id = m.subject_id and v.basis = 'votes'
left join v_control c on c.party_id = m.id and c.subject_id = m.subject_id
left join flagged f on f.subject_id = m.subject_id
"""
# Its own titles (`through` null) and those of what it certainly controls. Of a title in no edition in force (sold to somebody in no register)
# its unit is known.
HELD_TITLES = """
holder as (
    select unnest($ids) as id, unnest($ids) as party_id, cast(null as varchar) as through
    union all
    select party_id, subject_id, subject_id from v_control where verdict = 'CERTAIN' and kind = 'control' and party_id in (select unnest($ids))
),
held as (
    select h.id, p.title_id, h.through, p.added_on, p.ended_on, p.method, p.position
    from holder h join v_proprietorship p on p.party_id = h.party_id
),
unit as (
    select x.title_id, min(a.address_text) as address_text, min(a.area_name) as area_name, arg_min(a.area_code, a.area_name) as area_code
    from v_title_address x join v_address a on a.address_id = x.address_id
    where x.title_id in (select title_id from held)
    group by x.title_id
),
placed as (
    select h.id, h.title_id, h.through, e.name as through_name, t.tenure, t.price_paid_gbp,
        case when t.title_id is null then u.address_text else t.address_text end as address_text,
        case when t.title_id is null then u.area_name else t.area_name end as area_name,
        case when t.title_id is null then u.area_code else t.area_code end as area_code, h.added_on, h.ended_on, h.method, h.position
    from held h
    left join v_title t on t.title_id = h.title_id
    left join unit u on u.title_id = h.title_id
    left join v_entity e on e.entity_id = h.through
)
"""
TITLES_SQL = f"with {HELD_TITLES} select * from placed where {{area}}"
# What the filter leaves out: no title is gone because nobody knows where it is.
TITLES_ELSEWHERE_SQL = f"""
with {HELD_TITLES}
select id, count(distinct title_id) filter (where not coalesce({{area}}, false) and coalesce(area_name, area_code) is not null) as elsewhere_n,
    count(distinct title_id) filter (where area_name is null and area_code is null) as no_district_n
from placed group by id
"""
PERSON_SQL = """
select person_id as id, full_name as name, person_type, birth_year, birth_month, statements_n from v_person where person_id in (select unnest($ids)) order by person_id
"""
OWNER_OF_SQL = """
select b.party_id as id, b.subject_id, e.name, list(b.regime order by b.regime) as regimes, b.verdict, b.basis
from v_beneficial_owner b left join v_entity e on e.entity_id = b.subject_id
where b.party_id in (select unnest($ids)) and b.verdict in ('CERTAIN', 'POSSIBLE')
group by b.party_id, b.subject_id, e.name, b.verdict, b.basis
"""
TITLE_SQL = """
select title_id as id, address_text as name, tenure, price_paid_gbp, units_n, area_name, area_code, register, edition, cast(null as boolean) as is_former
from v_title where title_id in (select unnest($ids))
union all
select p.title_id, min(a.address_text), null, null, null, min(a.area_name), arg_min(a.area_code, a.area_name), max(p.register), max(p.edition), true
from v_proprietorship p
left join v_title_address x on x.title_id = p.title_id
left join v_address a on a.address_id = x.address_id
where p.title_id in (select unnest($ids)) and p.title_id not in (select title_id from v_title where title_id in (select unnest($ids)))
group by p.title_id
order by id
"""
PROPRIETORS_SQL = """
select p.title_id as id, p.party_id, coalesce(e.name, p.proprietor_name) as name, p.number_native, p.category, p.added_on, p.ended_on, p.method, p.position
from v_proprietorship p left join v_entity e on e.entity_id = p.party_id
where p.title_id in (select unnest($ids))
"""


def units(condition: str) -> str:
    """SQL: the units that fulfil a condition on `address_id` and `postcode`, each once: seats and titles (v_address), and those that only sales know.

    Columns address_id, address_text, postcode, address_class, active_seats_n, area_name, area_code; of a sale's unit the class and the seats are null.
    """
    columns = "address_id, address_text, postcode, area_name, area_code"
    return f"""
    select address_id, address_text, postcode, address_class, active_seats_n, area_name, area_code from v_address where {condition}
    union all
    select address_id, min(address_text), min(postcode), cast(null as varchar), cast(null as bigint), min(area_name), arg_min(area_code, area_name)
    from (select {columns} from v_property where {condition} union all select {columns} from v_transaction where {condition})
    where address_id is not null and address_id not in (select address_id from v_address where {condition})
    group by address_id
    """


ADDRESS_SQL = f"""
select address_id as id, address_text as name, address_class, active_seats_n, area_name, area_code
from ({units("address_id in (select unnest($ids))")}) order by address_id
"""
PROPERTY_SQL = """
select property_id as id, address_text as name, titles_n, transactions_n, area_name, area_code from v_property
where property_id in (select unnest($ids)) order by property_id
"""
POSTCODE_SQL = f"""
select a.postcode as id, a.postcode as name, count(*) as units_n, min(d.area_name) as area_name, min(d.area_code) as area_code
from ({units("postcode in (select unnest($ids))")}) a left join v_area d on d.postcode = a.postcode
group by a.postcode order by a.postcode
"""
GROUP_SQL = """
select g.control_group_id as id, e.name, g.controller_id, count(distinct g.subject_id) as members_n
from v_control_group g left join v_entity e on e.entity_id = g.controller_id
where g.control_group_id in (select unnest($ids)) group by g.control_group_id, e.name, g.controller_id order by g.control_group_id
"""
MEMBERS_SQL = """
with flagged as (select subject_id, count(*) as flags_n from v_flag where state = 'flagged' and subject_type = 'legal_entity' group by subject_id)
select g.control_group_id as id, g.subject_id, e.name, coalesce(f.flags_n, 0) as flags_n
from v_control_group g left join v_entity e on e.entity_id = g.subject_id left join flagged f on f.subject_id = g.subject_id
where g.control_group_id in (select unnest($ids))
"""
# Units of an address, a property or a postcode.
PLACES: Mapping[str, str] = {
    "address": "place(id, address_id) as (select unnest($ids), unnest($ids))",
    "property": "place(id, address_id) as (select property_id, address_id from v_property where property_id in (select unnest($ids)))",
    "postcode": f"place(id, address_id) as (select postcode, address_id from ({units('postcode in (select unnest($ids))')}))",
}
SEATED_SQL = """
with {place}
select p.id, c.company_id, c.name, c.status, c.is_active, c.incorporated_on, a.address_text
from place p join v_company c on c.address_id = p.address_id join v_address a on a.address_id = p.address_id
"""
TITLES_AT_SQL = """
with {place}
select distinct p.id, x.title_id, t.tenure, coalesce(t.address_text, a.address_text) as address_text, o.party_id,
    coalesce(e.name, o.proprietor_name) as proprietor_name, o.added_on, o.ended_on
from place p
join v_title_address x on x.address_id = p.address_id
join v_address a on a.address_id = p.address_id
left join v_title t on t.title_id = x.title_id
left join v_proprietorship o on o.title_id = x.title_id
left join v_entity e on e.entity_id = o.party_id
"""
SALES_SQL = """
with {place}
select p.id, s.transaction_id, s.transferred_on, s.price_gbp, s.property_type, s.tenure, s.category, s.address_text
from place p join v_transaction s on s.address_id = p.address_id
"""

# Subjects whose flags belong on the sheet, by kind of what was asked: related(id, subject_id, scope, place), place first wins.
RELATED: Mapping[str, str] = {
    "legal_entity": """
    met_title as (
        select party_id as id, title_id, bool_or(ended_on is null) as is_held from v_proprietorship
        where party_id in (select unnest($ids)) group by party_id, title_id
    ),
    own as (select id, title_id from met_title where is_held),
    sold as (select id, title_id from met_title where not is_held),
    related(id, subject_id, scope, place) as (
        select unnest($ids), unnest($ids), 'itself', 1
        union select id, title_id, 'title it holds', 2 from own
        union select o.id, x.property_id, 'property it holds', 3 from own o join v_title_address x using (title_id) where x.property_id is not null
        union select o.id, s.transaction_id, 'sale of a property it holds', 4
            from own o join v_title_address x using (title_id) join v_transaction s on s.property_id = x.property_id
        union select company_id, address_id, 'its registered office', 5 from v_company where address_id is not null and company_id in (select unnest($ids))
        union select subject_id, control_group_id, 'control group it is in', 6 from v_control_group where subject_id in (select unnest($ids))
        union select controller_id, control_group_id, 'control group it leads', 6 from v_control_group where controller_id in (select unnest($ids))
        union select party_id, subject_id, 'entity it controls', 7 from v_control where verdict = 'CERTAIN' and party_id in (select unnest($ids))
        union select subject_id, party_id, 'entity that controls it', 8 from v_control where verdict = 'CERTAIN' and subject_id in (select unnest($ids))
        union select id, title_id, 'title it formerly held', 9 from sold
        union select o.id, x.property_id, 'property it formerly held', 10 from sold o join v_title_address x using (title_id) where x.property_id is not null
        union select o.id, s.transaction_id, 'sale of a property it formerly held', 11
            from sold o join v_title_address x using (title_id) join v_transaction s on s.property_id = x.property_id
    )""",
    "control_group": """
    related(id, subject_id, scope, place) as (
        select unnest($ids), unnest($ids), 'itself', 1
        union select control_group_id, subject_id, 'entity in it', 2 from v_control_group where control_group_id in (select unnest($ids))
    )""",
    "title": """
    related(id, subject_id, scope, place) as (
        select unnest($ids), unnest($ids), 'itself', 1
        union select title_id, property_id, 'its property', 2 from v_title_address where property_id is not null and title_id in (select unnest($ids))
        union select x.title_id, s.transaction_id, 'sale of its property', 3
            from v_title_address x join v_transaction s on s.property_id = x.property_id where x.title_id in (select unnest($ids))
        union select title_id, party_id, 'its proprietor', 4 from v_proprietorship where ended_on is null and title_id in (select unnest($ids))
    )""",
    **{
        kind: place
        + """,
    related(id, subject_id, scope, place) as (
        select unnest($ids), unnest($ids), 'itself', 1
        union select id, address_id, 'this address', 2 from place
        union select p.id, x.title_id, 'title there', 3 from place p join v_title_address x on x.address_id = p.address_id
        union select p.id, x.property_id, 'property there', 4 from place p join v_title_address x on x.address_id = p.address_id where x.property_id is not null
        union select p.id, x.property_id, 'property there', 4 from place p join v_property x on x.address_id = p.address_id
        union select p.id, s.transaction_id, 'sale there', 5 from place p join v_transaction s on s.address_id = p.address_id
        union select p.id, c.company_id, 'company seated there', 6 from place p join v_company c on c.address_id = p.address_id
    )"""
        for kind, place in PLACES.items()
    },
}
FORMER = ("title it formerly held", "property it formerly held", "sale of a property it formerly held")
AROUND = (
    "entity it controls",
    "entity in it",
    "entity that controls it",
    "company seated there",
    "its proprietor",
    *FORMER,
)  # scopes with a sheet of their own
FLAGS_SQL = f"""
with {{related}},
met as (select id, subject_id, scope, place, row_number() over (partition by id, subject_id order by place, scope) as best from related)
select m.id, m.scope, m.place, m.scope in {AROUND} as is_around, count(*) filter (where m.scope not in {AROUND}) over (partition by m.id) as own_n, f.flag_id, f.indicator, n.title, n.base_rate, n.n_flagged, n.n_not_flagged, f.weak, f.family, f.subject_id, f.subject_type, f.subject_name, f.subtype, f.reason, f.value,
    f.unit, f.threshold, f.peer_n, f.explanation, f.case_id, f.area_name, f.as_of, f.first_seen_on
from met m join v_flag f on f.subject_id = m.subject_id left join v_indicator n on n.code = f.indicator
where m.best = 1 and f.state = 'flagged'
"""
CASES_SQL = """
with {related},
met as (select id, subject_id, scope, place, row_number() over (partition by id, subject_id order by place, scope) as best from related),
joined as (
    select m.id, k.case_id, m.scope, m.place, k.role, row_number() over (partition by m.id, k.case_id order by m.place, k.role, m.subject_id) as nearest
    from met m join v_case_member k on k.subject_id = m.subject_id
    where m.best = 1
)
select j.id, j.scope, j.role, c.case_id, c.position, c.title, c.families, c.indicators, c.flags_n, c.first_seen_on
from joined j join v_case c on c.case_id = j.case_id
where j.nearest = 1
"""
# Of the subject itself and what is its own; not of the entities around it, whose own check says it.
NOT_ASSESSABLE_SQL = f"""
with {{related}},
met as (select id, subject_id, scope, place, row_number() over (partition by id, subject_id order by place, scope) as best from related)
select m.id, f.indicator, n.title, f.reason, m.scope, count(*) as subjects_n, min(f.explanation) as explanation
from met m join v_flag f on f.subject_id = m.subject_id left join v_indicator n on n.code = f.indicator
where m.best = 1 and f.state = 'not_assessable' and m.scope not in {AROUND}
group by m.id, f.indicator, n.title, f.reason, m.scope
"""
# A listing is of the party on the list; these are candidates (v_screening), and parties that are on a list by their own number.
WATCH_SQL = f"""
with {NAMED},
around(id, party_id, relation, place) as (
    select unnest($ids), unnest($ids), 'itself', 1
    union select subject_id, party_id, 'owner or holder', 2 from v_interest where is_open and party_id is not null and subject_id in (select unnest($ids))
    union select subject_id, party_id, 'owner through others', 3 from v_integrated_ownership where subject_id in (select unnest($ids))
    union select subject_id, party_id, 'controls it', 4 from v_control where subject_id in (select unnest($ids))
    union select subject_id, party_id, 'is or may be a beneficial owner', 5 from v_beneficial_owner
        where party_id is not null and verdict in ('CERTAIN', 'POSSIBLE') and subject_id in (select unnest($ids))
    union select party_id, subject_id, 'entity it controls', 6 from v_control where verdict = 'CERTAIN' and party_id in (select unnest($ids))
),
met as (select id, party_id, relation, place, row_number() over (partition by id, party_id order by place) as best from around),
listed as (
    select party_id, listed_party_id, party_kind, score, reason, is_strong from v_screening
    union all
    select distinct l.party_id, l.party_id, l.party_kind, cast(null as double), 'the list gives the same identifier, or it is known from the list alone', true
    from v_listing l
)
select m.id, m.relation, m.place, m.party_id, n.name, s.party_kind, s.listed_party_id, l.listed_name, l.list_name, l.topic, l.listing_class, l.programme, l.position,
    l.valid_from, l.valid_to, l.is_open,
    case
        when l.is_open then 'in force'
        when l.valid_to <= (select as_of from v_release) then concat('ended ', l.valid_to)
        when not l.is_open then 'not in force'
    end as standing,
    s.reason, s.is_strong, case when s.party_kind = 'entity' then s.score end as score
from met m
join listed s on s.party_id = m.party_id
left join v_listing l on l.party_id = s.listed_party_id
left join named n on n.party_id = m.party_id
where m.best = 1
"""


VERDICTS_IN_ORDER = "list_position(['CERTAIN', 'POSSIBLE', 'NONE_FOUND', 'UNDECLARED', 'EXCLUDED'], verdict)"  # a list that is cut loses the weakest
WATCH_ORDER = (
    "is_open desc nulls last, place, party_id, listed_party_id, list_name nulls last, topic nulls last, programme nulls last, position nulls last, "
    "valid_from nulls last, valid_to nulls last"
)


def section_queries(kind: str, areas: Areas) -> Mapping[str, tuple[str, str]]:
    """Section → (query, total order of its rows) for one kind of subject."""
    flags = {
        "flags": (FLAGS_SQL, "place, weak, indicator, subject_id, flag_id"),
        "not_assessable": (NOT_ASSESSABLE_SQL, "indicator, reason nulls first, scope"),
        "cases": (CASES_SQL, "position, case_id"),
    }
    kinds: Mapping[str, Mapping[str, tuple[str, str]]] = {
        "legal_entity": {
            "interests": (INTERESTS_SQL, "share_min desc nulls last, party_id, interest_id"),
            "declarations": (DECLARATIONS_SQL, "valid_from nulls last, statement_id"),
            "ownership": (OWNERSHIP_SQL, "share_min desc, share_max_declared desc, party_id, basis"),
            "control": (CONTROL_SQL, f"{VERDICTS_IN_ORDER}, kind, party_id, control_group_id nulls last"),
            "beneficial_owners": (OWNERS_SQL, f"{VERDICTS_IN_ORDER}, regime, party_id nulls last"),
            "holdings": (HOLDINGS_SQL, "shares_min desc nulls last, subject_id"),
            "titles": (
                TITLES_SQL.replace("{area}", areas.condition),
                "through nulls first, ended_on nulls first, title_id, position",
            ),
            **(
                {"titles_elsewhere": (TITLES_ELSEWHERE_SQL.replace("{area}", areas.condition), "id")}
                if areas.names
                else {}
            ),
            "watch_list": (WATCH_SQL, WATCH_ORDER),
        },
        "person": {
            "holdings": (HOLDINGS_SQL, "shares_min desc nulls last, subject_id"),
            "owner_of": (OWNER_OF_SQL, f"{VERDICTS_IN_ORDER}, subject_id, basis"),
            "watch_list": (WATCH_SQL, WATCH_ORDER),
        },
        "control_group": {"members": (MEMBERS_SQL, "flags_n desc, subject_id")},
        "title": {"proprietors": (PROPRIETORS_SQL, "ended_on nulls first, position, party_id")},
    }
    if kind in PLACES:
        place = {
            "seated": (SEATED_SQL, "is_active desc, name nulls last, company_id"),
            "titles_at": (
                TITLES_AT_SQL,
                "title_id, ended_on nulls first, party_id nulls last, added_on nulls last",
            ),
            "sales": (SALES_SQL, "transferred_on desc, transaction_id"),
        }
        return {
            name: (query.replace("{place}", PLACES[kind]), order) for name, (query, order) in place.items()
        } | _related(flags, kind)
    return {**kinds[kind], **(_related(flags, kind) if kind in RELATED else {})}


def _related(queries: Mapping[str, tuple[str, str]], kind: str) -> dict[str, tuple[str, str]]:
    return {
        name: (query.replace("{related}", RELATED[kind].strip()), order)
        for name, (query, order) in queries.items()
    }


# Section → the view that has the rows beyond LISTED_MAX.
LEFT_IN: Mapping[str, str] = {
    "interests": "v_interest",
    "declarations": "v_relationship",
    "ownership": "v_integrated_ownership",
    "control": "v_control",
    "beneficial_owners": "v_beneficial_owner",
    "holdings": "v_integrated_ownership",
    "owner_of": "v_beneficial_owner",
    "titles": "v_proprietorship",
    "proprietors": "v_proprietorship",
    "watch_list": "v_screening",
    "flags": "v_flag",
    "not_assessable": "v_flag",
    "cases": "v_case_member",
    "seated": "v_company",
    "members": "v_control_group",
    "titles_at": "v_title_address",
    "sales": "v_transaction",
}
# Every view read here: a release of an earlier version may lack some.
VIEWS = (
    "v_address",
    "v_area",
    "v_beneficial_owner",
    "v_case",
    "v_case_member",
    "v_company",
    "v_control",
    "v_control_group",
    "v_edition",
    "v_entity",
    "v_evidence",
    "v_flag",
    "v_indicator",
    "v_integrated_ownership",
    "v_interest",
    "v_listing",
    "v_person",
    "v_property",
    "v_proprietorship",
    "v_register",
    "v_relationship",
    "v_release",
    "v_resolution",
    "v_screening",
    "v_title",
    "v_title_address",
    "v_transaction",
)
IDENTITIES: Mapping[str, str] = {
    "legal_entity": ENTITY_SQL,
    "person": PERSON_SQL,
    "title": TITLE_SQL,
    "address": ADDRESS_SQL,
    "property": PROPERTY_SQL,
    "postcode": POSTCODE_SQL,
    "control_group": GROUP_SQL,
}


def rows(connection: Connection, query: str, parameters: Mapping[str, object]) -> tuple[Row, ...]:
    used = {name: value for name, value in parameters.items() if f"${name}" in query}
    return tuple(connection.sql(query, params=used).to_arrow_table().to_pylist())


def facts(
    connection: Connection, kind: str, ids: Sequence[str], areas: Areas
) -> dict[str, dict[str, tuple[Row, ...]]]:
    """id → section → rows, for subjects of one kind. `identity` is a section of one row; sections without rows are there, empty."""
    parameters: dict[str, object] = {"ids": sorted(set(ids)), **areas.parameters}
    queries = section_queries(kind, areas)
    found: dict[str, dict[str, list[Row]]] = {
        identifier: {name: [] for name in ("identity", *queries)} for identifier in ids
    }
    for row in rows(connection, IDENTITIES[kind], parameters):
        found[str(row["id"])]["identity"].append(row)
    for name, (query, order) in queries.items():
        for row in rows(connection, _capped(query, order), parameters):
            found[str(row["id"])][name].append(row)
    return {
        identifier: {name: tuple(listed) for name, listed in sections.items()}
        for identifier, sections in found.items()
    }


def _capped(query: str, order: str) -> str:
    """The first LISTED_MAX rows of each id, with the number of all of them."""
    return f"""
    select * from (
        select *, count(*) over (partition by id) as all_n, row_number() over (partition by id order by {order}) as row_no from ({query})
    ) where row_no <= {LISTED_MAX} order by id, row_no
    """


def evidence(connection: Connection, flag_ids: Sequence[str]) -> dict[str, tuple[Row, ...]]:
    """flag_id → its first EVIDENCE_MAX facts, of every role before the second of any; `facts_n`: how many it has."""
    found = flag_evidence(connection, sorted(set(flag_ids)), EVIDENCE_MAX)
    return {
        flag_id: tuple({name: fact[name] for name in EVIDENCE_FIELDS} for fact in listed)
        for flag_id, listed in found.items()
    }
