-- The first $shown cases of each kind of change since the release before, the gravest first, in review order.
select
    n.*,
    c.position,
    count(*) over (partition by n.change) as all_n,
    count(*) filter (where n.lane = 'stop') over (partition by n.change) as stop_n,
    row_number() over (
        partition by n.change
        order by list_position(['stop', 'act', 'look'], n.lane), c.position nulls last, n.title, n.case_id
    ) as place
from v_case_change n
left join v_case c using (case_id)
where
    case
        when n.change = 'gone' then n.case_id in (
            select case_id
            from (select case_id, area_name, null as area_code from v_case_change)
            where {in_area}
        )
        else n.case_id in (select case_id from v_flag where state = 'flagged' and {in_area})
    end
qualify place <= $shown
order by list_position(['new', 'changed', 'gone'], n.change), place
