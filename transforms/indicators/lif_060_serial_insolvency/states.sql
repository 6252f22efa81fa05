with judged as (
    select
        p.company_id,
        m.*,
        case
            when m.insolvent_n >= $n then 'flagged'
            when m.insolvent_n + m.undated_n >= $n then 'not_assessable'
            else 'not_flagged'
        end as state
    from control_period p
    join most m on m.party_id = p.party_id
    where p.to_on is null
),
ranked as (
    select
        *,
        row_number() over (
            partition by company_id
            order by
                case state when 'flagged' then 0 when 'not_assessable' then 1 else 2 end,
                insolvent_n desc,
                party_id
        ) as first_row
    from judged
)
select
    c.company_id as subject_id,
    coalesce(r.state, 'not_flagged') as state,
    case when r.state = 'not_assessable' then r.reason end as reason,
    case when r.state = 'flagged' then r.insolvent_n end as value,
    'entities' as unit,
    $n as threshold,
    case when r.from_on = r.to_on then concat_ws(' ', 'on', cast(r.from_on as varchar))
        else concat_ws(' ', 'from', cast(r.from_on as varchar), 'to', cast(r.to_on as varchar))
    end as period_words
from company c
left join ranked r on r.company_id = c.company_id and r.first_row = 1
where c.is_active
