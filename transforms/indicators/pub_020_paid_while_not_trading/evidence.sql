with flagged as (
    select
        *,
        case
            when condition = 'not yet incorporated' then 'entity_statement.incorporated_on'
            when condition = 'dormant' then 'entity_statement.accounts_made_up_to'
            when is_interval then 'entity_statement.identifier'
            when is_without_day then 'entity_statement.status'
            else 'entity_statement.dissolved_on'
        end as company_field,
        rank() over (
            partition by payee_id
            order by case condition when 'dissolved' then 0 when 'not yet incorporated' then 1 else 2 end
        ) as place
    from lines
    where condition in ('dissolved', 'not yet incorporated', 'dormant')
),
counted as (
    select *, row_number() over (partition by payee_id order by flowed_on desc, statement_id) as nth
    from flagged
    where place = 1
)
select
    payee_id as subject_id, 'payment' as role, statement_id, 'flow_statement.flowed_on' as field
from counted
where nth <= 100
union all
select payee_id, 'amount paid', statement_id, 'flow_statement.amount' from counted where nth <= 100
union all
select distinct payee_id, 'company in its register', company_statement_id, company_field from counted
union all
select distinct
    payee_id, 'category of the latest accounts', company_statement_id, 'entity_statement.accounts_category'
from counted
where condition = 'dormant'
