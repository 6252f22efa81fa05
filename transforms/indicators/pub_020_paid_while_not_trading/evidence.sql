with counted as (
    select
        *,
        case
            when condition = 'not yet incorporated' then 'entity_statement.incorporated_on'
            when is_interval then 'entity_statement.identifier'
            when is_without_day then 'entity_statement.status'
            else 'entity_statement.dissolved_on'
        end as company_field,
        row_number() over (partition by payee_id order by flowed_on desc, statement_id) as nth
    from lines
    where condition in ('dissolved', 'not yet incorporated')
)
select
    payee_id as subject_id, 'payment' as role, statement_id, 'flow_statement.flowed_on' as field
from counted
where nth <= 100
union all
select distinct payee_id, 'company in its register', company_statement_id, company_field from counted
