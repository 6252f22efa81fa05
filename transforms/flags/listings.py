"""SQL for indicators on watch lists: who is listed, who may be, which entities are assessed, the evidence.

A candidate of screening is never merged with the listed party. It is a mark of its own, and a flag that rests
on it has sub-type `candidate` and says so.
"""

from collections.abc import Collection

# Sub-type of a flag that rests on screening alone.
CANDIDATE = "candidate"
# Title of a case that has no other flag of the indicator.
CANDIDATE_TITLE = "possible link to a listed party (not confirmed)"

# An indicator's page explains a candidate who is a person. A candidate that is a company agrees in its number
# (`transforms.resolution.lists.screening`).
PERSON_EXPLAINED = "another person of the same name, born in the same month"
ENTITY_EXPLAINED = (
    "another company: the list or the register gives a wrong number, or the number of another register of "
    "that country"
)

# A party that occurs only on watch lists is not a subject.
SUBJECTS = """
    only_listed as (
        select distinct r.party_id
        from resolution r
        where r.register = 'ftm_entities'
            and not exists (
                select 1 from resolution o where o.party_id = r.party_id and o.register <> 'ftm_entities'
            )
    ),
    asked as (
        select r.subject_id
        from relationship r
        join entity e on e.entity_id = r.subject_id
        where e.entity_type <> 'arrangement' and r.subject_id not in (select party_id from only_listed)
        union
        select company_id from company where is_active
        union
        -- Of entities that are only named as holders or proprietors: those that are on a list or may be.
        select e.entity_id
        from entity e
        where e.entity_type <> 'arrangement' and e.entity_id not in (select party_id from only_listed)
            and e.entity_id in (
                select party_id
                from listing
                where is_open
                union select party_id
                from screening
                where is_strong
            )
    )
"""


def explained(text: str, kinds: Collection[str]) -> str:
    """A line of an indicator's page, with its words on candidates for these kinds of party (`party_kind`)."""
    by_kind = {"person": PERSON_EXPLAINED, "entity": ENTITY_EXPLAINED}
    words = [words for kind, words in by_kind.items() if kind in kinds]
    return text.replace(PERSON_EXPLAINED, ", or ".join(words)) if words else text


def has_list(listing_class: str) -> str:
    """CTE `held(has_list)`: whether any list of the class is held. Without one, absence proves nothing."""
    return f"held as (select count(*) > 0 as has_list from listing where listing_class = '{listing_class}')"


def listed(listing_class: str) -> str:
    """Parties with an open listing of the class: a mark, or a subquery."""
    return (
        "select distinct party_id as subject_id from listing where is_open and listing_class = "
        f"'{listing_class}' order by subject_id"
    )


def candidates(listing_class: str) -> str:
    """Strong candidates: parties of the registers that may have an open listing of the class."""
    return f"""
        select distinct s.party_id as subject_id
        from screening s
        join listing l on l.party_id = s.listed_party_id
        where s.is_strong and l.is_open and l.listing_class = '{listing_class}'
            and s.party_id not in (
                select party_id from listing where is_open and listing_class = '{listing_class}'
            )
        order by subject_id
    """


def listing_facts(parties: str, listing_class: str, *, by_subtype: bool = False) -> str:
    """Evidence rows (subject_id, role, statement_id, field) on the listed parties and candidates in
    `parties`.

    `parties`: a table with subject_id, party_id and, with `by_subtype`, subtype, which the rows then have
    too.
    """
    more = ", p.subtype" if by_subtype else ""
    return f"""
        select
            p.subject_id, 'place on the list' as role, l.statement_id,
            'listing_statement.topic' as field{more}
        from {parties} p
        join listing l on l.party_id = p.party_id and l.is_open and l.listing_class = '{listing_class}'
        union all
        select p.subject_id, 'list', l.statement_id, 'listing_statement.list_name'{more}
        from {parties} p
        join listing l on l.party_id = p.party_id and l.is_open and l.listing_class = '{listing_class}'
        union all
        select p.subject_id, 'candidate: place on the list', l.statement_id, 'listing_statement.topic'{more}
        from {parties} p
        join screening s on s.party_id = p.party_id and s.is_strong
        join listing l on l.party_id = s.listed_party_id and l.is_open and l.listing_class = '{listing_class}'
        union all
        select p.subject_id, 'candidate: list', l.statement_id, 'listing_statement.list_name'{more}
        from {parties} p
        join screening s on s.party_id = p.party_id and s.is_strong
        join listing l on l.party_id = s.listed_party_id and l.is_open and l.listing_class = '{listing_class}'
        union all
        select p.subject_id, 'candidate: as the register names it', s.party_statement_id,
            case
                when s.party_kind = 'person' then 'person_statement.full_name'
                else 'entity_statement.name'
            end{more}
        from {parties} p
        join screening s on s.party_id = p.party_id and s.is_strong
        join listing l on l.party_id = s.listed_party_id and l.is_open and l.listing_class = '{listing_class}'
        union all
        select p.subject_id, 'candidate: as the list names it', s.listed_statement_id,
            case
                when s.party_kind = 'person' then 'person_statement.full_name'
                else 'entity_statement.name'
            end{more}
        from {parties} p
        join screening s on s.party_id = p.party_id and s.is_strong
        join listing l on l.party_id = s.listed_party_id and l.is_open and l.listing_class = '{listing_class}'
        union all
        {_agreeing_facts(parties, listing_class, more)}
    """


# What agrees besides the names on either side of a candidate: number and country of an entity, birth of a
# person.
_AGREEING = {
    "number": ("entity", "identifier_native"),
    "country": ("entity", "jurisdiction"),
    "year of birth": ("person", "birth_year"),
    "month of birth": ("person", "birth_month"),
}
_SIDES = {"party": "in the register", "listed": "on the list"}


def _agreeing_facts(parties: str, listing_class: str, more: str) -> str:
    return " union all ".join(
        f"""
        select
            p.subject_id, 'candidate: {what} {where}', s.{side}_statement_id,
            '{kind}_statement.{column}'{more}
        from {parties} p
        join screening s on s.party_id = p.party_id and s.is_strong and s.party_kind = '{kind}'
        join listing l on l.party_id = s.listed_party_id and l.is_open and l.listing_class = '{listing_class}'
        """
        for what, (kind, column) in _AGREEING.items()
        for side, where in _SIDES.items()
    )


def interest_facts(interests: str, *, by_subtype: bool = False) -> str:
    """Evidence rows on the holder, the entity held, the right and the share of each interest in `interests`.

    `interests`: a table with subject_id, interest_id and, with `by_subtype`, subtype, which the rows then
    have too.
    """
    more = ", w.subtype" if by_subtype else ""
    return f"""
        select
            w.subject_id, 'interest' as role, i.interest_id as statement_id,
            'interest_statement.native_code' as field{more}
        from {interests} w join interest i on i.interest_id = w.interest_id
        union all
        select w.subject_id, 'share at least', i.interest_id, 'interest_statement.share_min'{more}
        from {interests} w join interest i on i.interest_id = w.interest_id
        where i.share_min is not null
        union all
        select w.subject_id, 'share at most', i.interest_id, 'interest_statement.share_max'{more}
        from {interests} w join interest i on i.interest_id = w.interest_id
        where i.share_max is not null
        union all
        select w.subject_id, 'holder', r.party_statement_id,
            case
                when r.party_kind = 'person' then 'person_statement.full_name'
                else 'entity_statement.name'
            end{more}
        from {interests} w
        join interest i on i.interest_id = w.interest_id
        join relationship r on r.statement_id = i.statement_id
        union all
        select w.subject_id, 'held', i.statement_id, 'relationship_statement.subject_id'{more}
        from {interests} w join interest i on i.interest_id = w.interest_id
    """
