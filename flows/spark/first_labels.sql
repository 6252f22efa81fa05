-- The smallest id of each party and its neighbours.
select id, least(id, min(neighbour)) as label, true as is_new from neighbour group by id
