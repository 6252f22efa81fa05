-- Rows of case_change. Reads became; flag_before and case_before of the release before; flag and review_case.
with rank_of as (
    select * from (values ('stop', 1), ('act', 2), ('look', 3)) v(lane, rank)
),
before_of as (
    select b.case_id, min_by(p.lane, r.rank) as lane_before
    from became b
    join case_before p on p.case_id = b.previous_case_id
    join rank_of r on r.lane = p.lane
    group by b.case_id
),
raised as (
    select case_id, count(*) as flags_raised_n
    from flag
    where case_id is not null and flag_id not in (select flag_id from flag_before)
    group by case_id
),
-- A cleared flag counts for the case that its case leads to.
leads as (
    select previous_case_id, case_id
    from became
    qualify row_number() over (
        partition by previous_case_id order by has_earliest desc, shared_n desc, position
    ) = 1
),
cleared as (
    select l.case_id, count(*) as flags_cleared_n
    from flag_before b
    join leads l on l.previous_case_id = b.case_id
    where b.flag_id not in (select flag_id from flag where case_id is not null)
    group by l.case_id
),
gone as (
    select p.case_id, p.title, p.lane, p.area_name, count(b.flag_id) as flags_cleared_n
    from case_before p
    left join flag_before b using (case_id)
    where p.case_id not in (select previous_case_id from became)
    group by p.case_id, p.title, p.lane, p.area_name
),
now as (
    select
        c.case_id,
        case when c.case_id in (select case_id from became) then 'changed' else 'new' end as change,
        c.title,
        c.lane,
        o.lane_before,
        coalesce(r.flags_raised_n, 0) as flags_raised_n,
        coalesce(x.flags_cleared_n, 0) as flags_cleared_n,
        c.area_name
    from review_case c
    left join before_of o using (case_id)
    left join raised r using (case_id)
    left join cleared x using (case_id)
)
from now
where change = 'new' or flags_raised_n > 0 or flags_cleared_n > 0 or lane <> lane_before
union all
select case_id, 'gone', title, lane, lane, 0, flags_cleared_n, area_name
from gone
order by case_id
