with found as (
    select * from linked where outcome in ('same_entity', 'control_group', 'beneficial_owner')
)
select
    title_id as subject_id, 'charge' as role, charge_statement_id as statement_id,
    'charge_statement.lender_name' as field
from found
union all
select title_id, 'proprietor added', statement_id, 'proprietorship_statement.added_on' from found
union all
select o.title_id, 'lender in its register', c.statement_id, 'entity_statement.name'
from found o
join company c on c.company_id = o.lender_id
union all
select o.title_id, 'interest that joins them', e.interest_id, 'interest_statement.share_min'
from (
    select title_id, party_id as company_id from found where outcome <> 'same_entity'
    union
    select title_id, lender_id from found where outcome <> 'same_entity'
) o
join graph_edge e on e.subject_id = o.company_id and e.interest_id is not null
