-- The neighbours of each party: every pair in both directions.
select party_id as id, subject_id as neighbour from pair
union
select subject_id, party_id from pair
