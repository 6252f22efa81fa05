with hits as materialized (
    select r.company_id, r.part, m.statement_id, m.old_statement_id, o.insolvent_on,
        o.statement_id as insolvency_statement_id, o.field
    from replaced r
    join moved m on m.company_id = r.company_id and m.is_within
    join insolvent_company o on o.company_id = r.company_id
),
held as (
    select 'directors' as part, company_id, from_on, to_on, statement_id
    from officer
    where role <> 'seniorManagingOfficial' and company_id in (select company_id from hits)
    union all
    select 'owners', subject_id, valid_from, valid_to, statement_id
    from relationship
    where not is_office and party_id is not null and subject_id in (select company_id from hits)
)
select
    company_id as subject_id, 'insolvency' as role, insolvency_statement_id as statement_id, field
from hits
union
select company_id, 'seat before', old_statement_id, 'address_statement.address_text' from hits
union
select company_id, 'seat after', statement_id, 'address_statement.address_text' from hits
union
select a.company_id, 'who left', h.statement_id, 'relationship_statement.valid_to'
from hits a
join held h
    on h.company_id = a.company_id
    and h.part = a.part
    and date_diff('day', h.to_on, a.insolvent_on) between 0 and $days
union
select a.company_id, 'who came', h.statement_id, 'relationship_statement.valid_from'
from hits a
join held h
    on h.company_id = a.company_id
    and h.part = a.part
    and date_diff('day', h.from_on, a.insolvent_on) between 0 and $days
