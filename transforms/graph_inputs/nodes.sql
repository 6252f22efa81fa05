-- Every party once, with the facts that explain why no owner is found.
with declared as (
    select
        subject_id,
        bool_or(
            declaration_class = 'exempt' or unspecified_reason = 'subjectExemptFromDisclosure'
        ) as is_exempt,
        bool_or(declaration_class = 'protected') as is_protected,
        bool_or(declaration_class in ('undisclosed', 'unknown')) as is_undisclosed,
        bool_or(declaration_class = 'no_owner') as is_nobody_above_threshold
    from relationship
    where is_open and party_id is null
    group by subject_id
),
-- A party is named without a known right or share, neither directly nor through a trust or firm in the same
-- record. (The first 24 digits of a statement's id are those of its record; the part of an arrangement
-- contains a hyphen.)
unknown_right as (
    select distinct r.subject_id
    from relationship r
    where r.is_open and r.party_id is not null
        and not exists (
            select 1 from interest i
            where i.statement_id = r.statement_id
                and (
                    i.basis <> 'unknown'
                    or i.interest_type in ('boardMember', 'boardChair', 'seniorManagingOfficial')
                )
        )
        and not exists (
            select 1 from interest i
            where i.statement_id like '%-%-%'
                and substr(i.statement_id, 1, 24) = substr(r.statement_id, 1, 24)
                and i.basis <> 'unknown'
        )
),
-- Ministers, councils and other public bodies, whatever legal form their record states.
public_body as (
    select entity_id from exempt where exempt_class in ('state', 'council')
)
select
    e.entity_id as party_id,
    case when e.entity_type = 'arrangement' then 'arrangement' else 'legal_entity' end as kind,
    -- A jurisdiction may be part of a country, such as US-DE.
    e.jurisdiction is not null
        and split_part(e.jurisdiction, '-', 1) not in (select country from home_country) as is_foreign,
    e.entity_type in ('state', 'stateBody') or p.entity_id is not null as is_state,
    -- A state body belongs to the state, which nobody owns.
    e.entity_type = 'state' as cannot_be_owned,
    coalesce(e.is_listed, false) as is_listed,
    coalesce(d.is_exempt, false) as is_exempt,
    coalesce(d.is_protected, false) as is_protected,
    coalesce(d.is_undisclosed, false)
        or e.entity_type = 'anonymousEntity'
        or u.subject_id is not null as is_undisclosed,
    coalesce(d.is_nobody_above_threshold, false) as is_nobody_above_threshold,
    not e.in_register as is_in_no_register
from entity e
left join declared d on d.subject_id = e.entity_id
left join unknown_right u on u.subject_id = e.entity_id
left join public_body p on p.entity_id = e.entity_id
union all
select
    person_id,
    case when person_type = 'knownPerson' then 'person' else 'protected' end,
    false,
    false,
    person_type = 'knownPerson',
    false,
    false,
    false,
    false,
    false,
    false
from person
