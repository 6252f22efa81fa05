select
    m.pattern_id as subject_id,
    concat_ws(' ', m.role, cast(m.position as varchar), 'of', cast(f.flowed_on as varchar)) as role,
    f.statement_id,
    'flow_statement.amount' as field
from flow_pattern_member m
join flow_pattern p using (pattern_id)
join flow f using (flow_id)
where p.indicator = 'FLW-040'
