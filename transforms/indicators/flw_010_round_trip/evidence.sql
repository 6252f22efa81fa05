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
from flow_pattern p
cross join unnest([p.party_id, p.end_id]) as u(held_id)
join graph_edge e on e.subject_id = u.held_id
where p.indicator = 'FLW-010' and e.interest_id is not null
