with recursive barring as (
    select subject_id from mark where mark = 'offshore_entity_blocks'
),
offshore as materialized (
    select subject_id from mark where mark = 'offshore_entity'
),
chain as (
    select subject_id, nearest_id, depth, is_every_chain
    from graph_chain
    where mark = 'offshore_entity'
),
-- The holdings in entities below one, looked up once, not at every step. No chain passes a blocking holder.
step as materialized (
    select g.subject_id as at_id, g.party_id, up.depth, up.nearest_id, g.statement_id
    from chain c
    join graph_edge g on g.subject_id = c.subject_id
    left join chain up on up.subject_id = g.party_id
    where g.party_id not in (select subject_id from barring)
),
-- Every link of a shortest path up to the nearest one.
links as (
    select c.subject_id, c.nearest_id, s.party_id as at_id, c.depth - 1 as left_n, s.statement_id
    from chain c
    join step s on s.at_id = c.subject_id
    where c.depth <= 100
        and (
            (c.depth = 1 and s.party_id = c.nearest_id)
            or (c.depth > 1 and s.depth = c.depth - 1 and s.nearest_id in (c.nearest_id, c.subject_id))
        )
    union
    select l.subject_id, l.nearest_id, s.party_id, l.left_n - 1, s.statement_id
    from links l
    join step s on s.at_id = l.at_id
    where l.left_n > 0
        and (
            (l.left_n = 1 and s.party_id = l.nearest_id)
            or (l.left_n > 1 and s.depth = l.left_n - 1 and s.nearest_id in (l.nearest_id, l.subject_id))
        )
),
-- Every chain up to such an entity, if all chains have one and all can be listed. The parties on these
-- chains, below such an entity, have one in every chain too.
every as (
    select c.subject_id
    from chain c
    join graph_network w on w.subject_id = c.subject_id and w.closure_n <= 100
    where c.is_every_chain
),
chains as (
    select v.subject_id, s.party_id as at_id, s.statement_id
    from every v
    join step s on s.at_id = v.subject_id
    union
    select h.subject_id, s.party_id, s.statement_id
    from chains h
    join step s on s.at_id = h.at_id
    where h.at_id not in (select subject_id from offshore)
),
further as (
    select h.subject_id, h.at_id, h.statement_id
    from chains h
    where not exists (
        select 1 from links l where l.subject_id = h.subject_id and l.statement_id = h.statement_id
    )
)
select
    c.subject_id, 'jurisdiction of the entity above' as role, e.statement_id,
    'entity_statement.jurisdiction' as field
from chain c
join entity e on e.entity_id = c.nearest_id
union all
select c.subject_id, 'name of the entity above', e.statement_id, 'entity_statement.name'
from chain c
join entity e on e.entity_id = c.nearest_id
union all
select distinct
    l.subject_id,
    concat_ws(' ', 'holder named,', cast(l.left_n as varchar), 'steps below it'),
    r.party_statement_id,
    'entity_statement.name'
from links l
join relationship r on r.statement_id = l.statement_id and r.party_kind = 'entity'
union all
select distinct
    subject_id,
    concat_ws(' ', 'held by that holder,', cast(left_n as varchar), 'steps below it'),
    statement_id,
    'relationship_statement.subject_id'
from links
union all
select distinct f.subject_id, 'holder on another chain', r.party_statement_id, 'entity_statement.name'
from further f
join relationship r on r.statement_id = f.statement_id and r.party_kind = 'entity'
union all
select distinct
    subject_id, 'held by that holder on another chain', statement_id,
    'relationship_statement.subject_id'
from further
union all
select distinct
    f.subject_id, 'jurisdiction of an entity on another chain', e.statement_id,
    'entity_statement.jurisdiction'
from further f
join entity e on e.entity_id = f.at_id
join offshore o on o.subject_id = f.at_id
