-- Cases of the chosen lanes and areas, in review order, with every id under which they may have been told.
-- None of a release that was made as of an earlier day. A district is named where the area vocabulary or the
-- settings know it: a register's own text may hold anything.
select
    c.case_id,
    c.lane,
    c.indicators,
    case when area_code is not null or lower(area_name) in (select unnest($named)) then area_name end as area,
    coalesce(a.earlier_ids, []) as earlier_ids
from v_case c
left join (
    select case_id, list(previous_case_id order by previous_case_id) as earlier_ids
    from v_case_alias
    group by case_id
) a using (case_id)
where c.lane in (select unnest($lanes))
    and {in_area}
    and (select known_at from v_release) is null
order by c.position
