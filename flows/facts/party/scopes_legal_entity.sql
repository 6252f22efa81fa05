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
select party_id, subject_id, 'entity it controls', 7
from v_control where verdict = 'CERTAIN' and party_id in (select unnest($ids))
union
select subject_id, party_id, 'entity that controls it', 8
from graph_control
where verdict = 'CERTAIN' and rowid in (from rows_of('graph_control.subject_id', $ids))
union
select id, title_id, 'title it formerly held', 9 from holding where not is_held
union
select id, property_id, 'property it formerly held', 10
from title where not is_held and property_id is not null
union
select t.id, s.transaction_id, 'sale of a property it formerly held', 11
from title t join sale s using (property_id) where not t.is_held
