with mine as (
    select title_id, property_id
    from title_address
    where property_id is not null and rowid in (from rows_of('title_address.title_id', $ids))
)
select unnest($ids) as id, unnest($ids) as subject_id, 'itself' as scope, 1 as place
union
select title_id, property_id, 'its property', 2 from mine
union
select x.title_id, s.transaction_id, 'sale of its property', 3
from mine x
join transaction s using (property_id)
where s.rowid in (from rows_of('transaction.property_id', (select list(property_id) from mine)))
union
select title_id, party_id, 'its proprietor', 4
from proprietorship where ended_on is null and rowid in (from rows_of('proprietorship.title_id', $ids))
