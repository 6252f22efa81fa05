with recursive reached as (
    select subject_id, nearest_id, depth from graph_reach where mark = 'top_declares_nobody'
),
chain as (
    select up.subject_id, up.nearest_id, up.depth
    from reached up
    join no_person n on n.subject_id = up.subject_id
),
-- The holders of these and of entities below a top, looked up once, not at every step.
holder as materialized (
    select subject_id, party_id, statement_id, party_statement_id
    from relationship
    where is_open
        and party_kind = 'entity'
        and not is_office
        and subject_id in (select subject_id from reached union select subject_id from no_person)
),
step as materialized (
    select
        below.subject_id as at_id, r.party_id, up.depth, up.nearest_id, r.statement_id,
        r.party_statement_id
    from reached below
    join holder r on r.subject_id = below.subject_id
    left join reached up on up.subject_id = r.party_id
),
-- Every link of a shortest path up to a top, as in DEC-010.
links as (
    select
        c.subject_id, c.nearest_id, s.party_id as at_id, c.depth - 1 as left_n, s.statement_id,
        s.party_statement_id
    from chain c
    join step s on s.at_id = c.subject_id
    where c.depth <= 100
        and (
            (c.depth = 1 and s.party_id = c.nearest_id)
            or (c.depth > 1 and s.depth = c.depth - 1 and s.nearest_id in (c.nearest_id, c.subject_id))
        )
    union
    select l.subject_id, l.nearest_id, s.party_id, l.left_n - 1, s.statement_id, s.party_statement_id
    from links l
    join step s on s.at_id = l.at_id
    where l.left_n > 0
        and (
            (l.left_n = 1 and s.party_id = l.nearest_id)
            or (l.left_n > 1 and s.depth = l.left_n - 1 and s.nearest_id in (l.nearest_id, l.subject_id))
        )
),
direct as (
    select n.subject_id, r.statement_id, r.party_statement_id
    from no_person n
    join holder r on r.subject_id = n.subject_id
    where r.party_id is not null
),
-- Every other link, if the network is small enough to list everything that is counted.
around as materialized (
    select e.subject_id as at_id, e.party_id, e.statement_id
    from graph_edge e
    where e.component_no in (
        select o.component_no from no_person n join graph_edge o on o.subject_id = n.subject_id
    )
),
above as (
    select n.subject_id, e.party_id as at_id, e.statement_id
    from no_person n
    join graph_network w on w.subject_id = n.subject_id and w.closure_n <= 100
    join around e on e.at_id = n.subject_id
    union
    select a.subject_id, e.party_id, e.statement_id
    from above a
    join around e on e.at_id = a.at_id
),
further as (
    select a.subject_id, a.statement_id, r.party_statement_id
    from above a
    join relationship r on r.statement_id = a.statement_id and r.party_kind = 'entity'
    where not exists (
        select 1 from links l where l.subject_id = a.subject_id and l.statement_id = a.statement_id
    )
        and not exists (
            select 1 from direct d
            where d.subject_id = a.subject_id and d.statement_id = a.statement_id
        )
)
select
    subject_id, 'holder of the entity' as role, party_statement_id as statement_id,
    'entity_statement.name' as field
from direct
union all
select subject_id, 'held by that holder', statement_id, 'relationship_statement.subject_id'
from direct
union all
select distinct
    subject_id,
    concat_ws(' ', 'holder named,', cast(left_n as varchar), 'steps below the top'),
    party_statement_id,
    'entity_statement.name'
from links
union all
select distinct
    subject_id,
    concat_ws(' ', 'number of that holder,', cast(left_n as varchar), 'steps below the top'),
    party_statement_id,
    'entity_statement.identifier_native'
from links
union all
select distinct
    subject_id,
    concat_ws(' ', 'held by that holder,', cast(left_n as varchar), 'steps below the top'),
    statement_id,
    'relationship_statement.subject_id'
from links
union all
select distinct subject_id, 'holder further up', party_statement_id, 'entity_statement.name'
from further
union all
select distinct
    subject_id, 'held by a holder further up', statement_id, 'relationship_statement.subject_id'
from further
union all
select c.subject_id, 'the top in its register', k.statement_id, 'entity_statement.legal_form_class'
from chain c
join company k on k.company_id = c.nearest_id
union all
select c.subject_id, 'statement of the top', r.statement_id, 'relationship_statement.declaration_code'
from chain c
join relationship r on r.subject_id = c.nearest_id and r.is_open and r.party_id is null
union all
-- For every other counted entity: it is in a register that lists its holders.
select distinct
    a.subject_id, 'entity above in its register', k.statement_id, 'entity_statement.legal_form_class'
from above a
join company k on k.company_id = a.at_id
left join chain c on c.subject_id = a.subject_id and c.nearest_id = a.at_id
where c.subject_id is null and a.at_id <> a.subject_id
union all
select
    n.subject_id,
    'statement that an owner exists who is not identified or confirmed',
    r.statement_id,
    'relationship_statement.declaration_code'
from no_person n
join graph_reach up on up.subject_id = n.subject_id and up.mark = 'owner_undisclosed'
join relationship r
    on r.subject_id = up.nearest_id and r.is_open and r.declaration_class = 'undisclosed'
left join chain c on c.subject_id = n.subject_id and c.nearest_id = up.nearest_id
where c.subject_id is null
