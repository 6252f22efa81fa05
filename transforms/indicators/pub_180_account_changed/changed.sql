-- Payments into an account that is new for the supplier: the first one is on the day of the change, and
-- another account was paid before it.
with account_of as (
    select
        payer_id, payee_id, payee_account,
        min(flowed_on) as first_on,
        max(is_cleared) as is_cleared
    from bundle
    group by payer_id, payee_id, payee_account
),
new_account as (
    select a.*
    from account_of a
    join account k on k.account_id = a.payee_account
    where a.is_cleared = 0
        and not k.is_conduit
        and exists (
            select 1 from account_of b
            where b.payer_id = a.payer_id and b.payee_id = a.payee_id and b.first_on < a.first_on
        )
)
select p.*, n.first_on
from new_account n
join bundle p using (payer_id, payee_id, payee_account)
where date_diff('day', n.first_on, p.flowed_on) between 0 and $days
