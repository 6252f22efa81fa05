-- What the own ledger paid or plans to pay one company into one account on one day.
select
    payer_id,
    payee_id,
    payee_account,
    currency,
    flowed_on,
    sum(amount) as amount,
    max(case when account_note is not null then 1 else 0 end) as is_cleared,
    max(case when status = 'planned' then 1 else 0 end) as is_planned,
    min(statement_id) as statement_id
from line
group by payer_id, payee_id, payee_account, currency, flowed_on
having sum(amount) > 0
