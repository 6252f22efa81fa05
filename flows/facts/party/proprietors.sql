with mine as (
    select * from proprietorship where rowid in (from rows_of('proprietorship.title_id', $ids))
),
named as (
    select entity_id, name
    from entity
    where rowid in (from rows_of('entity.entity_id', (select list(party_id) from mine)))
)
select
    p.title_id as id, p.party_id, coalesce(e.name, p.proprietor_name) as name, p.number_native, p.category,
    p.added_on, p.ended_on, p.method, p.position,
    row_number() over (
        partition by p.title_id order by p.ended_on nulls first, p.position, p.party_id
    ) as row_no
from mine p
left join named e on e.entity_id = p.party_id
