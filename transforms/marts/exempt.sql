-- Entities that are public or exempt according to a register; if several classes apply, the first in this
-- order. In doubt there is no class. A category of the land registry does not count if the company register,
-- which knows the legal form, contradicts it, nor with a number of six to eight digits, which belongs to a
-- company and not to a society (an inn company may be entered as a housing association). An industry code,
-- which a company chooses itself, counts only together with full or group accounts, which no company without
-- trade files.
with held as (
    select p.party_id, p.category, p.party_statement_id
    from proprietorship p
    left join company c on c.company_id = p.party_id
    where p.ended_on is null and p.category is not null
        and case
            when c.company_id is not null
                then c.legal_form_class not in (
                    'company', 'plc', 'llp', 'overseas_company', 'overseas_entity'
                )
            else not regexp_matches(coalesce(p.number_native, ''), '^[0-9]{6,8}$')
                or p.category in ('Local Authority', 'County Council')
        end
),
named as (
    select
        entity_id,
        in_register,
        case
            when upper(trim(name)) like 'THE %' then substr(upper(trim(name)), 5)
            else upper(trim(name))
        end as plain_name,
        statement_id
    from entity
    where coalesce(jurisdiction, 'gb') = 'gb' and entity_type <> 'arrangement'
),
coded as (
    select company_id, statement_id, unnest(industry_codes) as code
    from company
    where legal_form_class in ('company', 'plc') and accounts_category in ('FULL', 'GROUP')
),
-- All its industry codes are those of a utility.
utilities as (
    select c.company_id, c.statement_id
    from coded c
    left join exempt_list l on l.kind = 'industry_code' and l.value = c.code
    group by c.company_id, c.statement_id
    having count(*) = count(l.value)
),
said as (
    select entity_id, 1 as rank_no, 'state' as exempt_class, statement_id
    from entity
    where entity_type = 'state'
    union all
    select party_id, 2, 'council', party_statement_id
    from held
    where category in ('Local Authority', 'County Council')
    union all
    select n.entity_id, case l.exempt_class when 'council' then 3 else 4 end, l.exempt_class, n.statement_id
    from named n
    join exempt_list l
        on l.kind = 'name' and n.plain_name like l.value and (l.may_be_registered or not n.in_register)
    union all
    select entity_id, 5, 'state', statement_id from entity where entity_type = 'stateBody'
    union all
    select subject_id, 6, 'listed', statement_id
    from relationship
    where is_open
        and declaration_class = 'exempt'
        and (declaration_code like '%market%' or declaration_code like '%transparency-rules%')
    union all
    select entity_id, 7, 'listed', statement_id from entity where is_listed
    union all
    select party_id, 8, 'housing_provider', party_statement_id
    from held
    where category like 'Housing Association%'
    union all
    select company_id, 9, 'charity', statement_id from company where legal_form_class = 'cio'
    union all
    select company_id, 10, 'society', statement_id from company where legal_form_class = 'society'
    union all
    select party_id, 11, 'society', party_statement_id from held where category like '%Society%'
    union all
    select company_id, 12, 'utility', statement_id from utilities
    union all
    select subject_id, 13, 'exempt', statement_id
    from relationship
    -- The record of a protected person says that the party is exempt, not the company.
    where is_open and (declaration_class = 'exempt' or unspecified_reason = 'subjectExemptFromDisclosure')
),
ranked as (
    select *, row_number() over (partition by entity_id order by rank_no, exempt_class, statement_id) as best
    from said
    where entity_id is not null
)
select entity_id, exempt_class, statement_id
from ranked
where best = 1
