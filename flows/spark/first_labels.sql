-- The smallest id next to each party, or its own.
select id, least(id, min(neighbour)) as label, true as is_new from neighbour group by id
