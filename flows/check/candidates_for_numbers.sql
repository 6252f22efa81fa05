-- Parties that may be the holder of a number. Score 0: a record of the party states the number, and the
-- holder has another name. Above 0: the names are alike, and the record states no number.
with mine as (
    select candidate_id, party_id, score
    from resolution
    where rowid in (from rows_of('resolution.candidate_id', $ids))
),
named as materialized (
    select entity_id, name
    from entity
    where rowid in (from rows_of('entity.entity_id', (select list(party_id) from mine)))
)
select r.candidate_id as holder_id, r.party_id, min(e.name) as name, min(r.score) as score
from mine r
join named e on e.entity_id = r.party_id
group by r.candidate_id, r.party_id
order by r.candidate_id, r.party_id
