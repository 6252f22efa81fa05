-- Proprietors whose number on the title is of no known register (a society's, a foreign one).
with mine as (
    select party_id, number_native
    from proprietorship
    where rowid in (from rows_of('proprietorship.number_native', $numbers))
),
named as (
    select entity_id, name
    from entity
    where rowid in (from rows_of('entity.entity_id', (select list(party_id) from mine)))
)
select distinct p.party_id, p.number_native, e.name
from mine p
join named e on e.entity_id = p.party_id
order by p.party_id, p.number_native, e.name
