-- Lines of the own ledger, paid or planned, to a company and an account.
select
    f.payer_id, f.payee_id, f.payee_account, f.currency, f.flowed_on, f.amount, f.account_note, f.status,
    f.statement_id
from flow f
join register_role r on r.register = f.register and r.role = 'ledger'
left join exempt x on x.entity_id = f.payee_id
where f.kind = 'payment'
    and f.payee_kind = 'company'
    and f.payee_id is not null
    and f.payee_account is not null
    and (f.status = 'planned' or f.flowed_on <= $as_of)
    and x.entity_id is null
