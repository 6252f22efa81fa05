with lines as (
    select
        f.payee_id,
        f.statement_id,
        c.statement_id as company_statement_id,
        f.flowed_on < c.incorporated_on as is_early,
        row_number() over (partition by f.payee_id order by f.flowed_on desc, f.statement_id) as nth
    from flow f
    join company c on c.company_id = f.payee_id
    where f.amount > 0
        and f.kind in ('payment', 'subsidy')
        and (f.status = 'planned' or f.flowed_on <= $as_of)
        and f.payee_kind = 'company'
        and f.method = 'number'
        and c.legal_form_class not in ('overseas_entity', 'overseas_company')
        and (f.flowed_on < c.incorporated_on or f.flowed_on > c.dissolved_on)
)
select
    payee_id as subject_id, 'payment' as role, statement_id, 'flow_statement.flowed_on' as field
from lines
where nth <= 100
union all
select
    payee_id, 'company in its register', company_statement_id,
    case when is_early then 'entity_statement.incorporated_on' else 'entity_statement.dissolved_on' end
from lines
