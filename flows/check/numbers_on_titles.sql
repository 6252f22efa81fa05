-- Proprietors whose number on the title is of no known register (a society's, a foreign one).
select distinct p.party_id, p.number_native, e.name
from v_proprietorship p
join v_entity e on e.entity_id = p.party_id
where p.number_native is not null and starts_with(p.party_id, 'UT-')
order by p.party_id, p.number_native, e.name
