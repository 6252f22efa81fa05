with recursive reached as (
    select subject_id, nearest_id, depth from graph_reach where mark = 'no_owner_declared'
),
own as materialized (
    select subject_id, statement_id
    from relationship
    where declaration_class = 'no_owner' and is_open
),
chain as (
    select up.subject_id, up.nearest_id, up.depth
    from reached up
    -- An entity that makes the statement itself does not inherit one.
    left join graph_reach human
        on human.subject_id = up.subject_id
        and human.mark in ('natural_person', 'protected_party', 'protected_unnamed')
    where human.subject_id is null
        and up.subject_id not in (select subject_id from own)
        and up.subject_id not in (select subject_id from mark where mark = 'protected_unnamed')
),
-- The holders of entities below such a statement, looked up once, not at every step.
step as materialized (
    select
        below.subject_id as at_id, r.party_id, up.depth, up.nearest_id, r.statement_id,
        r.party_statement_id
    from reached below
    join relationship r
        on r.subject_id = below.subject_id and r.is_open and r.party_kind = 'entity' and not r.is_office
    left join reached up on up.subject_id = r.party_id
),
-- Every link of a shortest path up to the entity that made the statement.
links as (
    select
        c.subject_id, c.nearest_id, s.party_id as at_id, c.depth - 1 as left_n, 1 as step_no,
        s.statement_id, s.party_statement_id
    from chain c
    join step s on s.at_id = c.subject_id
    where (c.depth = 1 and s.party_id = c.nearest_id)
        or (c.depth > 1 and s.depth = c.depth - 1 and s.nearest_id in (c.nearest_id, c.subject_id))
    union
    select
        l.subject_id, l.nearest_id, s.party_id, l.left_n - 1, l.step_no + 1, s.statement_id,
        s.party_statement_id
    from links l
    join step s on s.at_id = l.at_id
    where l.step_no < 100
        and l.left_n > 0
        and (
            (l.left_n = 1 and s.party_id = l.nearest_id)
            or (l.left_n > 1 and s.depth = l.left_n - 1 and s.nearest_id in (l.nearest_id, l.subject_id))
        )
)
select
    subject_id, 'own statement' as role, statement_id,
    'relationship_statement.declaration_code' as field
from own
union all
select subject_id, 'own statement, open since', statement_id, 'relationship_statement.valid_from'
from own
union all
select
    c.subject_id, 'statement of an entity above', r.statement_id,
    'relationship_statement.declaration_code'
from chain c
join own r on r.subject_id = c.nearest_id
union all
select distinct
    subject_id,
    concat_ws(' ', 'owner named, steps below the statement:', cast(left_n as varchar)),
    party_statement_id,
    'entity_statement.name'
from links
union all
select distinct
    subject_id,
    concat_ws(' ', 'number of that owner, steps below the statement:', cast(left_n as varchar)),
    party_statement_id,
    'entity_statement.identifier_native'
from links
union all
select distinct
    subject_id,
    concat_ws(' ', 'held by that owner, steps below the statement:', cast(left_n as varchar)),
    statement_id,
    'relationship_statement.subject_id'
from links
