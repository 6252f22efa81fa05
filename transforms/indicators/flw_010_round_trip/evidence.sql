select
    m.pattern_id as subject_id,
    concat_ws(' ', m.role, cast(m.position as varchar), 'of', cast(f.flowed_on as varchar)) as role,
    f.statement_id,
    'flow_statement.amount' as field
from flow_pattern_member m
join flow_pattern p using (pattern_id)
join flow f using (flow_id)
where p.indicator = 'FLW-010'
union all
select p.pattern_id, 'interest that makes the group', e.interest_id, 'interest_statement.share_min'
from (
    select pattern_id, unnest([party_id, end_id]) as held_id from flow_pattern where indicator = 'FLW-010'
) p
join graph_edge e on e.subject_id = p.held_id
where e.interest_id is not null
