-- The country of each of the subjects that has one; of groups, sets and patterns those of their companies.
with several as (
    select control_group_id as subject_id, subject_id as company_id
    from graph_control_group
    where control_group_id in (select unnest($ids))
    union
    select directed_set_id, subject_id from directed_set where directed_set_id in (select unnest($ids))
    union
    select m.pattern_id, unnest([f.payer_id, f.payee_id])
    from flow_pattern_member m
    join flow f using (flow_id)
    where m.pattern_id in (select unnest($ids))
)
select company_id as subject_id, territory
from company
where rowid in (from rows_of('company.company_id', $ids))
union
select title_id, territory from title where rowid in (from rows_of('title.title_id', $ids))
union
select property_id, territory from v_property where property_id in (select unnest($ids))
union
select address_id, territory from v_address where address_id in (select unnest($ids))
union
select transaction_id, territory from v_transaction where transaction_id in (select unnest($ids))
union
select process_id, territory
from v_tender
where territory <> 'world' and process_id in (select unnest($ids))
union
select s.subject_id, c.territory from several s join company c using (company_id)
order by subject_id, territory
