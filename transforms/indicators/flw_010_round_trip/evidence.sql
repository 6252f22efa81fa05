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
select distinct t.subject_id, 'interest that makes the group', i.interest_id, 'interest_statement.share_min'
from tied t
join group_interest i using (company_id, shared_id)
