with lines as (
    select
        s.payee_id as subject_id,
        p.statement_id,
        p.supplier = s.payee_id as is_own,
        row_number() over (
            partition by s.payee_id, p.supplier order by p.flowed_on desc, p.statement_id
        ) as nth
    from (select distinct payee_id, payee_account, other from shared) s
    join paid p
        on p.payee_account = s.payee_account
        and (p.supplier = s.payee_id or p.supplier = s.other)
)
select distinct
    subject_id,
    case when is_own then 'payment to it' else 'payment to another supplier, same account' end as role,
    statement_id,
    'flow_statement.payee_account' as field
from lines
where nth <= 20
union
select subject_id, 'amount paid', statement_id, 'flow_statement.amount' from lines where is_own and nth <= 20
