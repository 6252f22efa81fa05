with held as (
    select count(*) > 0 as has_list from listing where listing_class = 'sanction'
),
reached as (
    select subject_id, cast(null as varchar) as subtype, depth, n
    from graph_reach
    where mark = 'sanctioned'
    union all
    select c.subject_id, 'candidate', c.depth, c.n
    from graph_reach c
    where c.mark = 'sanctioned_candidate'
        and not exists (
            select 1 from graph_reach s where s.mark = 'sanctioned' and s.subject_id = c.subject_id
        )
)
select
    a.subject_id,
    case
        when r.subject_id is not null then 'flagged'
        when h.has_list then 'not_flagged'
        else 'not_assessable'
    end as state,
    case when r.subject_id is null and not h.has_list then 'no_sanctions_list' end as reason,
    r.subtype,
    r.depth as value,
    'steps' as unit,
    case
        when r.subject_id is not null
            then concat_ws('',
                'has ',
                case
                    when r.subtype = 'candidate' then 'a party that may be on a sanctions list'
                    else 'a sanctioned party'
                end,
                ' above it, ',
                cast(r.depth as varchar), case when r.depth = 1 then ' step' else ' steps' end,
                ' up, with an interest of any size',
                case
                    when r.subtype = 'candidate' then concat_ws('',
                        '; that it is the party listed is a candidate of screening,',
                        ' which nobody has confirmed'
                    )
                    else ''
                end
            )
    end as finding
from listable_entity a
cross join held h
left join reached r on r.subject_id = a.subject_id
