-- Parties that may be the holder of a number. Score 0: a record of the party states the number, and the
-- holder has another name. Above 0: the names are alike, and the record states no number.
select r.candidate_id as holder_id, r.party_id, min(e.name) as name, min(r.score) as score
from v_resolution r
join v_entity e on e.entity_id = r.party_id
where r.candidate_id in (select unnest($ids))
group by r.candidate_id, r.party_id
order by r.candidate_id, r.party_id
