-- By indicator and district: subjects flagged, and all subjects of its kind there. `all_*`: of the release,
-- with those of no known district.
with flagged as (
    select indicator, area_name, count(distinct subject_id) as flagged_n
    from v_flag
    where state = 'flagged'
    group by indicator, area_name
),
subject as (
    select subject_type, area_name, count(*) as subjects_n from v_subject group by subject_type, area_name
)
select
    i.code as indicator, f.area_name, f.flagged_n, s.subjects_n,
    cast(sum(f.flagged_n) over (partition by i.code) as bigint) as all_flagged_n,
    cast(
        (select sum(a.subjects_n) from subject a where a.subject_type = i.subject_type) as bigint
    ) as all_subjects_n
from v_indicator i
join flagged f on f.indicator = i.code
left join subject s
    on s.subject_type = i.subject_type and s.area_name is not distinct from f.area_name
order by i.code, f.flagged_n desc, f.area_name nulls last
