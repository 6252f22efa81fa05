-- Companies that the own ledger paid or plans to pay, with their accounts. A supplier that no register has is
-- identified by its name.
select
    coalesce(f.payee_id, business_name(f.payee_name)) as supplier,
    f.payee_id,
    f.payee_name,
    business_name(f.payee_name) as name_key,
    f.payee_account,
    f.amount,
    f.currency,
    f.flowed_on,
    f.status = 'planned' as is_planned,
    f.statement_id
from flow f
join register_role r on r.register = f.register and r.role = 'ledger'
left join exempt x on x.entity_id = f.payee_id
where f.kind = 'payment'
    and f.payee_kind = 'company'
    and f.payee_account is not null
    and f.amount > 0
    and (f.status = 'planned' or f.flowed_on <= $as_of)
    and x.entity_id is null
