-- The first $most cases with a flag in the chosen areas, in review order (all where that is null), with names
-- and ids to search for: those of its first members, never of a natural person.
with listed as (
    select * from v_case
    where case_id in (select case_id from v_flag where state = 'flagged' and {in_area})
    order by position
    limit $most
),
named as (
    select
        case_id, subject_id, subject_name,
        row_number() over (partition by case_id order by role, subject_id) as place
    from v_case_member
    where subject_type <> 'person' and case_id in (select case_id from listed)
),
member as (
    select
        case_id,
        list(subject_id order by place) || list(subject_name order by place) filter (
            where subject_name is not null
        ) as names
    from named
    where place <= 50
    group by case_id
)
select
    c.case_id, c.position, c.title, c.lane, c.families, c.indicators, c.flags_n, c.subjects_n,
    c.area_name, c.area_code, c.first_seen_on, c.newest_flag_on, m.names
from listed c
left join member m using (case_id)
order by c.position
