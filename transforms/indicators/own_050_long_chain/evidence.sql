with recursive steps as (
    select g.subject_id, 1 as position, g.subject_id as at_id, g.via_id, g.holder_id
    from graph_layers g
    where g.layers_n >= $layers
    union all
    select s.subject_id, s.position + 1, s.holder_id, g.via_id, g.holder_id
    from steps s
    join graph_layers g on g.subject_id = s.holder_id
    where s.position < 100
),
held as (
    select s.subject_id, s.position, r.statement_id, r.party_statement_id, r.party_kind
    from steps s
    join graph_edge g on g.subject_id = s.via_id and g.party_id = s.holder_id
    join relationship r on r.statement_id = g.statement_id
),
-- The holdings of the members of a strongly connected set, if the chain continues from another member.
within_set as (
    select
        s.subject_id,
        s.position,
        g.statement_id,
        row_number() over (
            partition by s.subject_id, s.position order by g.subject_id, g.statement_id
        ) as link_no
    from steps s
    join graph_scc m on m.subject_id = s.at_id
    join graph_scc o on o.scc_id = m.scc_id
    join graph_edge g on g.subject_id = o.subject_id
    join graph_scc h on h.subject_id = g.party_id and h.scc_id = m.scc_id
    where s.via_id <> s.at_id
)
select
    subject_id,
    concat_ws(' ', 'held at step', cast(position as varchar)) as role,
    statement_id,
    'relationship_statement.subject_id' as field
from held
union all
select distinct
    subject_id,
    concat_ws(' ', 'held inside the set of step', cast(position as varchar)),
    statement_id,
    'relationship_statement.subject_id'
from within_set
where link_no <= 100
union all
select
    subject_id, concat_ws(' ', 'holder at step', cast(position as varchar)), party_statement_id,
    'entity_statement.name'
from held
where party_kind = 'entity'
union all
select
    subject_id,
    concat_ws(' ', 'number of the holder at step', cast(position as varchar)),
    party_statement_id,
    'entity_statement.identifier_native'
from held
where party_kind = 'entity'
