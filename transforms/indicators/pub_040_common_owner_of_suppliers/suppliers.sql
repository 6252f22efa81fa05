-- What a payer paid each company of a control group, including its controller, by budget line. A public or
-- exempt controller, such as the payer itself, makes no common owner.
select
    g.shared_id as control_group_id, f.payer_id, f.category, f.currency, f.payee_id,
    max(f.payer_name) as payer_name,
    sum(f.amount) as received
from flow f
join company_tie g on g.company_id = f.payee_id and g.link = 'control_group'
left join exempt x on x.entity_id = f.payee_id
where f.payee_kind in ('company', 'unclassified')
    and f.kind = 'payment'
    and f.status = 'paid'
    and f.category is not null
    and f.flowed_on <= $as_of
    and x.entity_id is null
    and g.shared_id not in (
        select control_group_id
        from graph_control_group
        where controller_id in (select entity_id from exempt)
    )
group by g.shared_id, f.payer_id, f.category, f.currency, f.payee_id
having sum(f.amount) > 0
