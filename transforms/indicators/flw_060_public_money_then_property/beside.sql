-- Every company above or beside a paid company, under one ultimate controller, if it bought something since
-- the first payment, because a large group has millions of pairs. And each company beside itself. A public or
-- exempt controller, such as a council with companies of its own, links none.
with buyer as (
    select distinct party_id
    from proprietorship
    where added_on <= $as_of and added_on >= (select min(from_on) from received)
)
select a.company_id, b.company_id as buyer_id
from company_tie a
join company_tie b using (link, shared_id)
where a.link = 'control_group'
    and a.company_id in (select payee_id from received)
    and b.company_id in (select party_id from buyer)
    and a.shared_id not in (
        select control_group_id
        from graph_control_group
        where controller_id in (select entity_id from exempt)
    )
union
select company_id, company_id from company where company_id in (select payee_id from received)
