-- Districts with a case or a flag: cases by lane, flags, and subjects of the release there. Null is the
-- bucket of what has no known district.
with cases as (
    select
        area_name,
        count(*) as cases_n,
        count(*) filter (where lane = 'stop') as stop_n,
        count(*) filter (where lane = 'act') as act_n,
        count(*) filter (where lane = 'look') as look_n
    from v_case
    group by area_name
),
flags as (
    select
        area_name, min(area_code) as area_code, count(*) as flags_n,
        count(distinct subject_id) as flagged_n
    from v_flag
    where state = 'flagged'
    group by area_name
),
subjects as (
    select
        area_name,
        count(*) filter (where subject_type = 'legal_entity') as entities_n,
        count(*) filter (where subject_type = 'title') as titles_n
    from v_subject
    where subject_type in ('legal_entity', 'title')
    group by area_name
)
select
    a.area_name, f.area_code,
    coalesce(c.cases_n, 0) as cases_n, coalesce(c.stop_n, 0) as stop_n, coalesce(c.act_n, 0) as act_n,
    coalesce(c.look_n, 0) as look_n, coalesce(f.flags_n, 0) as flags_n,
    coalesce(f.flagged_n, 0) as flagged_n, coalesce(s.entities_n, 0) as entities_n,
    coalesce(s.titles_n, 0) as titles_n
from (select area_name from cases union select area_name from flags) a
left join cases c on c.area_name is not distinct from a.area_name
left join flags f on f.area_name is not distinct from a.area_name
left join subjects s on s.area_name is not distinct from a.area_name
order by a.area_name is null, cases_n desc, flags_n desc, a.area_name
