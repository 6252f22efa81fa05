-- The country of each of the subjects that has one.
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
select process_id, territory from v_tender where process_id in (select unnest($ids))
order by subject_id, territory
