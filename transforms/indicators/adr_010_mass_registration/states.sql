with seats as (
    select
        a.unit_id,
        count(*) as seats_n,
        max(case when a.address_class in ('agent', 'practitioner') then 1 else 0 end) = 1 as has_agent,
        max(case when a.address_class = 'business_centre' then 1 else 0 end) = 1 as has_centre
    from company c
    join address a using (address_id)
    where c.is_active and a.address_class <> 'default'
    group by a.unit_id
)
select
    unit_id as subject_id,
    case when seats_n > $n then 'flagged' else 'not_flagged' end as state,
    case
        when seats_n > $n
            then
                case
                    when has_agent then 'agent'
                    when has_centre then 'business_centre'
                    else 'unexplained'
                end
    end as subtype,
    seats_n as value,
    'entities' as unit,
    $n as threshold,
    case
        when has_agent then ', an address of an agent or practitioner'
        when has_centre then ', a known business centre'
        else ', which no list explains'
    end as class_words
from seats
