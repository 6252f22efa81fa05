-- Pairs of a party and a party of the previous release that have a record in common.
select distinct n.party_id, b.party_id as previous_party_id
from resolution n
join resolution_before b using (statement_id)
