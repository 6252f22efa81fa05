-- Rows of DWELLING without their indicator: how many private homes of each district have each state.
with subject_state as (
    select
        subject_id,
        min(case state when 'flagged' then 0 when 'not_assessable' then 1 else 2 end) as strength
    from {judged}
    where is_private
    group by subject_id
)
select
    coalesce(n.area_name, $no_district) as area_name,
    max(n.area_code) as area_code,
    count(*) filter (where s.strength = 0) as flagged_n,
    count(*) filter (where s.strength = 2) as not_flagged_n,
    count(*) filter (where s.strength = 1) as not_assessable_n
from subject_state s
left join {subjects} n using (subject_id)
group by coalesce(n.area_name, $no_district)
