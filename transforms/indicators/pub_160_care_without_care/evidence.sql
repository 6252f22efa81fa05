with lines as (
    select
        payee_id,
        statement_id,
        row_number() over (partition by payee_id order by flowed_on desc, statement_id) as nth
    from care_line
)
select
    payee_id as subject_id, 'payment for care' as role, statement_id, 'flow_statement.purpose' as field
from lines
where nth <= 100
union all
select payee_id, 'amount paid', statement_id, 'flow_statement.amount' from lines where nth <= 100
union all
select company_id, 'industry codes', statement_id, 'entity_statement.industry_codes'
from company
where company_id in (select payee_id from lines)
