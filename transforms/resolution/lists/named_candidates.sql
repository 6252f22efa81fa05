-- Companies in a register that listed entities may be by name and country (`candidate_id` in the resolution).
-- A candidate by number has score 0 there and is left out, because numbers are compared here.
with listed as (
    select distinct party_id, party_statement_id
    from listing
    where is_open and listing_class in ({classes})
)
select
    r.candidate_id as party_id,
    l.party_id as listed_party_id,
    'entity' as party_kind,
    r.score,
    'name and country agree; no registration number does' as reason,
    false as is_strong,
    max(h.statement_id) as party_statement_id,
    l.party_statement_id as listed_statement_id
from listed l
join resolution r on r.statement_id = l.party_statement_id
join resolution h on h.party_id = r.candidate_id and h.method = 'identifier'
where r.method = 'record' and r.score > 0
group by all
order by all
