"""SQL on absence: whether absence from the PSC register or the company register proves anything.

Absence counts only in complete editions that are at most 31 days apart.
"""

from transforms.flags.holdings import COMPANIES, OWNERS, absence_gap, held_edition
from transforms.values.identifiers import SOCIETY_PREFIXES

# One row: gap (null if absence counts), psc_on (date of the edition in force), companies_gap (not null if the
# company register is an extract). Without a company register, nothing can be too far apart from it.
PSC_GAP = f"""
        {held_edition("psc_held", OWNERS)},
        {held_edition("companies_held", COMPANIES)},
        psc_gap as (
            select
                case
                    when psc_held.editions_n > 0
                        and psc_held.extracts_n = 0
                        and companies_held.editions_n = 0 then 'missing:{COMPANIES}'
                    {absence_gap("psc_held", OWNERS, "companies_held.edition_on")}
                end as gap,
                psc_held.edition_on as psc_on,
                case when companies_held.extracts_n > 0 then 'extract:{COMPANIES}' end as companies_gap
            from psc_held
            cross join companies_held
        )
"""


def reject_mention_sql(source: str) -> str:
    """Query of `reject_mention`: the words of rejected records in `source`, in each form that a number may
    have.

    A word counts as written, and as the UK company number that it gives when padded with zeros. The number of
    a society (IP00123R) also counts without its zeros, because the society's own register may write it so.
    """
    letters = "[A-Z]{2}(?:[0-9]{1,5}|[0-9]{1,4}[A-Z]|[0-9]{1,3}[A-Z]{2}|[0-9]{1,2}[A-Z]{3})"
    society = f"(?:{'|'.join(SOCIETY_PREFIXES)})0+[1-9][0-9]*[A-Z]{{0,3}}"
    number_by_form = {
        "[0-9]{1,7}": "lpad(token, 8, '0')",
        letters: "substr(token, 1, 2) || lpad(substr(token, 3), 6, '0')",
        "R[0-9]{1,6}": "'R' || lpad(substr(token, 2), 7, '0')",
        society: "substr(token, 1, 2) || ltrim(substr(token, 3), '0')",
    }
    columns = "register, dataset, edition"
    padded = (
        f"select {columns}, {number} from {source} where regexp_matches(token, '^{form}$')"
        for form, number in number_by_form.items()
    )
    return " union ".join([f"select {columns}, token from {source}", *padded])


# Numbers that stand in rejected records of the edition in force.
PSC_REJECTED = """
        psc_rejected as (
            select distinct m.token
            from reject_mention m
            join edition_in_use e using (register, dataset, edition)
            where m.register = 'gb_coh_psc' and e.status = 'in_force'
        )
"""

# A mark: entities with a record that says that an owner is protected but names no party, as in some BODS
# sources.
PROTECTED_UNNAMED = """
        select distinct subject_id
        from relationship
        where is_open and party_id is null and declaration_class = 'protected' and subject_id is not null
        order by subject_id
"""

# A mark: entities with an open record that says that there is an owner but names no party: protected,
# undisclosed, or for an unknown reason.
OWNER_UNNAMED = """
        select distinct subject_id
        from relationship
        where is_open
            and not is_office
            and party_id is null
            and coalesce(declaration_class, 'unknown') not in ('no_owner', 'neutral')
            and subject_id is not null
        order by subject_id
"""

# A mark: entities that a rejected record may speak of.
PSC_RECORD_REJECTED = f"""
        with {PSC_REJECTED}
        select distinct e.entity_id as subject_id
        from entity e
        join psc_rejected p on p.token = split_part(e.entity_id, '-', 3)
        order by subject_id
"""

# A mark: entities with a holder who is not in the ownership network, because the record gives no known right.
# The network cannot show what such a holder has, or who is above. The links are those of
# graph_inputs/edges.sql: a person without a known right has one, unless the record gives a seat or a post.
# (The first 24 digits of a statement's id are those of its record; the part of a trust or firm contains a
# hyphen.)
RIGHT_NOT_KNOWN = """
        select distinct r.subject_id
        from relationship r
        where r.is_open and not r.is_office and r.party_id is not null and r.party_id <> r.subject_id
            and not exists (
                select 1 from interest i where i.statement_id = r.statement_id and i.basis <> 'unknown'
            )
            and not exists (
                select 1 from interest i
                where i.statement_id like '%-%-%'
                    and substr(i.statement_id, 1, 24) = substr(r.statement_id, 1, 24)
                    and i.basis <> 'unknown'
            )
            and (
                r.party_kind <> 'person'
                or exists (
                    select 1 from interest i
                    where i.statement_id = r.statement_id
                        and i.interest_type in ('boardMember', 'boardChair', 'seniorManagingOfficial')
                )
            )
        order by r.subject_id
"""

# Entities that have such a holder themselves or above, where the mark is declared under this name.
UNPLACED_HOLDER = f"""
        unplaced_holder as (
            select subject_id from graph_reach where mark = 'right_not_known'
            union
            select subject_id from ({RIGHT_NOT_KNOWN})
        )
"""

# A mark: entities that declare their holders to a register that is held: active, of a form that must declare,
# and in the edition in force of their register.
DECLARES_OWNERS = """
        select distinct c.company_id as subject_id
        from company c
        join edition_in_use e on e.register = c.register and e.edition = c.edition
        where c.must_declare_owners and c.is_active and e.status = 'in_force'
        order by subject_id
"""

# Entries that are not in the edition in force of their register, and why: `rejected:` if one of its rejected
# records may be the entry.
OUT_OF_EDITION = """
        editions_now as (
            select distinct register, edition from edition_in_use where status = 'in_force'
        ),
        unreadable as (
            select distinct m.register, m.token
            from reject_mention m
            join edition_in_use e using (register, dataset, edition)
            where e.status = 'in_force'
        ),
        earlier_entry as (
            select c.company_id, c.register, split_part(c.company_id, '-', 3) as number
            from company c
            left join editions_now e on e.register = c.register and e.edition = c.edition
            where e.edition is null
        ),
        out_of_edition as (
            select
                c.company_id,
                case
                    when p.token is not null then concat_ws('', 'rejected:', c.register)
                    else 'not_in_edition'
                end as gap
            from earlier_entry c
            left join unreadable p on p.register = c.register and p.token = c.number
        )
"""

# A condition on `company c`: it left its register, which never stated the day of dissolution, so that day is
# an interval.
GONE_WITHOUT_A_DAY = "(c.left_register_on is not null and coalesce(c.dissolved_on > $as_of, true))"

RIGHT_REASONS = {
    "right_not_known": "a holder of it, or of an entity above it, is named without a known right"
}
OUT_OF_EDITION_REASONS = {"not_in_edition": "the company register's edition in force does not list it"}
GAP_REASONS = {
    "editions_apart": (
        "the editions of the company register and of the register of people with significant control are "
        "more than 31 days apart"
    ),
    "edition_undated": (
        "an edition of the company register or of the register of people with significant control has no date"
    ),
}
