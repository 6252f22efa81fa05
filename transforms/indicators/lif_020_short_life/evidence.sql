with short as (
    select company_id, statement_id, is_interval, is_without_day
    from ended_company
    where date_diff('day', incorporated_on, dissolved_by) between 0 and $days
)
select
    company_id as subject_id, 'company in its register' as role, statement_id,
    'entity_statement.name' as field
from short
union all
select company_id, 'company incorporated', statement_id, 'entity_statement.incorporated_on' from short
union all
select company_id, 'company dissolved', statement_id, 'entity_statement.dissolved_on'
from short
where not is_interval and not is_without_day
union all
select company_id, 'status in the company register', statement_id, 'entity_statement.status'
from short
where is_without_day
union all
select company_id, 'last entry in the company register', statement_id, 'entity_statement.identifier'
from short
where is_interval
