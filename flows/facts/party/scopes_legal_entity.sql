with holding as (
    select party_id as id, title_id, bool_or(ended_on is null) as is_held
    from proprietorship
    where rowid in (from rows_of('proprietorship.party_id', $ids))
    group by party_id, title_id
),
title as (
    select p.id, p.is_held, x.property_id
    from holding p
    join title_address x using (title_id)
    where x.rowid in (from rows_of('title_address.title_id', (select list(title_id) from holding)))
),
sale as (
    select property_id, transaction_id
    from transaction
    where rowid in (from rows_of('transaction.property_id', (select list(property_id) from title)))
),
payment as (
    select payer_id as id, flow_id from flow where rowid in (from rows_of('flow.payer_id', $ids))
    union
    select payee_id, flow_id from flow where rowid in (from rows_of('flow.payee_id', $ids))
),
premises as (
    select unnest([applicant_id, financier_id, lessor_id, manager_id]) as id, premises_id
    from permit where premises_id is not null
)
select unnest($ids) as id, unnest($ids) as subject_id, 'itself' as scope, 1 as place
union
select id, title_id, 'title it holds', 2 from holding where is_held
union
select id, property_id, 'property it holds', 3 from title where is_held and property_id is not null
union
select t.id, s.transaction_id, 'sale of a property it holds', 4
from title t join sale s using (property_id) where t.is_held
union
select company_id, address_id, 'its registered office', 5
from company where address_id is not null and rowid in (from rows_of('company.company_id', $ids))
union
select subject_id, control_group_id, 'control group it is in', 6
from graph_control_group where rowid in (from rows_of('graph_control_group.subject_id', $ids))
union
select controller_id, control_group_id, 'control group it leads', 6
from v_control_group where controller_id in (select unnest($ids))
union
select p.id, m.pattern_id, 'payment pattern it is in', 7
from payment p join flow_pattern_member m using (flow_id)
union
select supplier_id, process_id, 'contracting process it was awarded', 8
from award where supplier_id in (select unnest($ids))
union
select id, premises_id, 'premises of a permit it is part of', 9
from premises where id in (select unnest($ids))
union
select subject_id, directed_set_id, 'set of entities with one of its directors', 10
from directed_set where rowid in (from rows_of('directed_set.subject_id', $ids))
union
select bidder_id, process_id, 'contracting process it bid in', 11
from bid where bidder_id in (select unnest($ids))
union
select party_id, subject_id, 'entity it controls', 12
from v_control where verdict = 'CERTAIN' and party_id in (select unnest($ids))
union
select subject_id, party_id, 'entity that controls it', 13
from graph_control
where verdict = 'CERTAIN' and rowid in (from rows_of('graph_control.subject_id', $ids))
union
select id, title_id, 'title it formerly held', 14 from holding where not is_held
union
select id, property_id, 'property it formerly held', 15
from title where not is_held and property_id is not null
union
select t.id, s.transaction_id, 'sale of a property it formerly held', 16
from title t join sale s using (property_id) where not t.is_held
