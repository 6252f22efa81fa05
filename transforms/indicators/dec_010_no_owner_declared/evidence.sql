with recursive chain as (
    select up.subject_id, up.nearest_id, up.depth
    from graph_reach up
    -- An entity that makes the statement itself inherits none.
    left join relationship own
        on own.subject_id = up.subject_id and own.is_open and own.declaration_class = 'no_owner'
    left join graph_reach human
        on human.subject_id = up.subject_id
        and human.mark in ('natural_person', 'protected_party', 'protected_unnamed')
    where up.mark = 'no_owner_declared'
        and human.subject_id is null
        and own.subject_id is null
        and up.subject_id not in (select subject_id from mark where mark = 'protected_unnamed')
),
-- Every link of a shortest path up to the entity that made the statement.
links as (
    select
        c.subject_id, c.nearest_id, r.party_id as at_id, c.depth - 1 as left_n, 1 as step_no,
        r.statement_id, r.party_statement_id
    from chain c
    join relationship r on r.subject_id = c.subject_id and r.is_open and r.party_kind = 'entity'
    left join graph_reach up on up.subject_id = r.party_id and up.mark = 'no_owner_declared'
    where not r.is_office
        and (
            (c.depth = 1 and r.party_id = c.nearest_id)
            or (
                c.depth > 1
                and up.depth = c.depth - 1
                and up.nearest_id in (c.nearest_id, c.subject_id)
            )
        )
    union
    select
        l.subject_id, l.nearest_id, r.party_id, l.left_n - 1, l.step_no + 1, r.statement_id,
        r.party_statement_id
    from links l
    join relationship r on r.subject_id = l.at_id and r.is_open and r.party_kind = 'entity'
    left join graph_reach up on up.subject_id = r.party_id and up.mark = 'no_owner_declared'
    where not r.is_office
        and l.step_no < 100
        and l.left_n > 0
        and (
            (l.left_n = 1 and r.party_id = l.nearest_id)
            or (
                l.left_n > 1
                and up.depth = l.left_n - 1
                and up.nearest_id in (l.nearest_id, l.subject_id)
            )
        )
)
select
    subject_id, 'own statement' as role, statement_id,
    'relationship_statement.declaration_code' as field
from relationship where declaration_class = 'no_owner' and is_open
union all
select subject_id, 'own statement, open since', statement_id, 'relationship_statement.valid_from'
from relationship where declaration_class = 'no_owner' and is_open
union all
select
    c.subject_id, 'statement of an entity above', r.statement_id,
    'relationship_statement.declaration_code'
from chain c
join relationship r on r.subject_id = c.nearest_id and r.declaration_class = 'no_owner' and r.is_open
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
