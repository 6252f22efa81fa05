-- Two suppliers of one account that is not one of a bank, a factor or another handler of money. Companies of
-- one group may share an account.
with concerned as (
    select payee_id as company_id from paid
),
members as (
    select control_group_id, subject_id as member_id
    from graph_control_group
    where subject_id in (select company_id from concerned)
    union
    select control_group_id, controller_id
    from graph_control_group
    where controller_id in (select company_id from concerned)
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
        from members x
        join members y using (control_group_id)
        where x.member_id = a.payee_id and y.member_id = b.payee_id
    )
