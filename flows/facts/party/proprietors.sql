select
    p.title_id as id, p.party_id, coalesce(e.name, p.proprietor_name) as name, p.number_native, p.category,
    p.added_on, p.ended_on, p.method, p.position,
    row_number() over (
        partition by p.title_id order by p.ended_on nulls first, p.position, p.party_id
    ) as row_no
from v_proprietorship p
left join v_entity e on e.entity_id = p.party_id
where p.title_id in (select unnest($ids))
