-- What the own ledger pays or is about to pay one company into one account on one day.
select
    f.payer_id,
    f.payee_id,
    f.payee_account,
    f.currency,
    f.flowed_on,
    sum(f.amount) as amount,
    max(case when f.account_note is not null then 1 else 0 end) as is_cleared,
    max(case when f.status = 'planned' then 1 else 0 end) as is_planned,
    min(f.statement_id) as statement_id
from flow f
join register_role r on r.register = f.register and r.role = 'ledger'
left join (select distinct entity_id from exempt) x on x.entity_id = f.payee_id
where f.kind = 'payment'
    and f.payee_kind = 'company'
    and f.payee_id is not null
    and f.payee_account is not null
    and (f.status = 'planned' or f.flowed_on <= $as_of)
    and x.entity_id is null
group by f.payer_id, f.payee_id, f.payee_account, f.currency, f.flowed_on
having sum(f.amount) > 0
