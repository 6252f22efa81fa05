-- What a payer paid each company of a control group, including its controller, by budget line.
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
group by g.shared_id, f.payer_id, f.category, f.currency, f.payee_id
having sum(f.amount) > 0
