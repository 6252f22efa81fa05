with ends as (
    select pattern_id, party_id, end_id
    from flow_pattern
    where indicator = 'FLW-010' and end_id <> party_id
),
tied as (
    select distinct
        w.pattern_id as subject_id, unnest([w.party_id, w.end_id]) as company_id, a.shared_id
    from ends w
    join company_tie a on a.company_id = w.party_id and a.link = 'control_group'
    join company_tie b
        on b.company_id = w.end_id and b.link = 'control_group' and b.shared_id = a.shared_id
),
-- The companies, and the holders between them and the controller of the group.
rung as (
    select subject_id, shared_id, company_id as held_id from tied
    union
    select t.subject_id, t.shared_id, c.party_id
    from tied t
    join graph_control c on c.subject_id = t.company_id and c.verdict = 'CERTAIN' and c.kind = 'control'
),
joining as (
    select distinct r.subject_id, e.interest_id
    from rung r
    join graph_edge e on e.subject_id = r.held_id and e.interest_id is not null
    join company_tie g
        on g.company_id = e.party_id and g.shared_id = r.shared_id and g.link = 'control_group'
)
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
select subject_id, 'interest that makes the group', interest_id, 'interest_statement.share_min'
from joining
