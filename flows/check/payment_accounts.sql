-- The accounts of a payment run that no register held names, as rows of the mart `account`.
select
    payee_account as account_id,
    nullif(split_part(payee_account, ':', 2), 'zz') as country,
    nullif(split_part(payee_account, ':', 3), '') as bank,
    false as is_held,
    bool_or(payee_kind = 'conduit') as is_conduit,
    min(flowed_on) as first_on,
    max(flowed_on) as last_on
from payment_run
where payee_account is not null and payee_account not in (select account_id from {database}.main.account)
group by payee_account
order by account_id
