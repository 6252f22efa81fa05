with listed as (
    select distinct subject_id from graph_cycle
),
steps as (
    select subject_id, position, statement_id
    from graph_cycle
    where position <= 100 or held_id = subject_id
    union all
    select s.subject_id, whole.position, whole.statement_id
    from graph_scc s
    join graph_cycle whole on whole.subject_id = s.scc_id and whole.position <= 100
    where s.subject_id not in (select subject_id from listed)
    union all
    select s.subject_id, whole.position, whole.statement_id
    from graph_scc s
    join graph_cycle whole on whole.subject_id = s.scc_id and whole.party_id = s.subject_id
    where s.subject_id not in (select subject_id from listed) and whole.position > 100
    union all
    select s.subject_id, whole.position, whole.statement_id
    from graph_scc s
    join graph_cycle whole on whole.subject_id = s.scc_id and whole.held_id = s.subject_id
    where s.subject_id not in (select subject_id from listed) and whole.position > 100
)
select
    subject_id,
    concat_ws(' ', 'held at step', cast(position as varchar)) as role,
    statement_id,
    'relationship_statement.subject_id' as field
from steps
union all
select
    c.subject_id,
    concat_ws(' ', 'holder at step', cast(c.position as varchar)),
    r.party_statement_id,
    'entity_statement.name'
from steps c
join relationship r using (statement_id)
union all
select
    c.subject_id,
    concat_ws(' ', 'number of the holder at step', cast(c.position as varchar)),
    r.party_statement_id,
    'entity_statement.identifier_native'
from steps c
join relationship r using (statement_id)
union all
select
    c.subject_id,
    concat_ws(' ', 'interest at step', cast(c.position as varchar)),
    i.interest_id,
    'interest_statement.native_code'
from steps c
join interest i using (statement_id)
