-- Two suppliers with one account that is not that of a bank, a factor or another handler of money. Companies
-- of one group may share an account.
with grouped as (
    select company_id, shared_id
    from company_tie
    where link = 'control_group' and company_id in (select payee_id from paid)
),
suppliers as (
    select
        payee_account, supplier, payee_id, name_key,
        min(payee_name) as payee_name,
        min(flowed_on) as first_on
    from paid
    group by payee_account, supplier, payee_id, name_key
)
select
    a.payee_account,
    a.payee_id,
    b.supplier as other,
    b.payee_name as other_name,
    b.first_on as other_on
from suppliers a
join suppliers b
    on b.payee_account = a.payee_account and b.supplier <> a.supplier and b.name_key <> a.name_key
join account k on k.account_id = a.payee_account
where a.payee_id is not null
    and not k.is_conduit
    and not exists (
        select 1
        from grouped x
        join grouped y using (shared_id)
        where x.company_id = a.payee_id and y.company_id = b.payee_id
    )
