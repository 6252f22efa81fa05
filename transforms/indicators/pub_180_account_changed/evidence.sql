with hits as (
    select * from changed where amount >= $amount
),
-- Their lines, and the first lines to the new account.
lines as (
    select
        h.payee_id, l.statement_id,
        l.flowed_on = h.flowed_on and l.currency = h.currency as is_of_hit
    from hits h
    join line l using (payer_id, payee_id, payee_account)
    where l.flowed_on = h.first_on or (l.flowed_on = h.flowed_on and l.currency = h.currency)
),
before as (
    select
        h.payee_id,
        p.statement_id,
        row_number() over (
            partition by h.payee_id, h.payee_account order by p.flowed_on desc, p.statement_id
        ) as nth
    from (select distinct payer_id, payee_id, payee_account, first_on from hits) h
    join bundle p
        on p.payer_id = h.payer_id
        and p.payee_id = h.payee_id
        and p.payee_account <> h.payee_account
        and p.flowed_on < h.first_on
)
select
    payee_id as subject_id, 'payment into the new account' as role, statement_id,
    'flow_statement.payee_account' as field
from lines
union
select payee_id, 'amount paid into it', statement_id, 'flow_statement.amount' from lines where is_of_hit
union
select payee_id, 'last payment into another account', statement_id, 'flow_statement.payee_account'
from before
where nth = 1
