with seats as (
    select
        c.address_id,
        count(*) as seats_n
    from company c
    join address a using (address_id)
    where c.is_active
        and a.address_class <> 'default'
        and (
            c.legal_form_class not in ('overseas_entity', 'overseas_company')
            or a.address_class = 'agent'
        )
    group by c.address_id
)
select
    s.address_id as subject_id,
    case when s.seats_n > $n then 'flagged' else 'not_flagged' end as state,
    cast(null as varchar) as reason,
    case
        when s.seats_n > $n
            then
                case
                    when a.address_class in ('ordinary', 'mass') then 'no_known_class'
                    else a.address_class
                end
    end as subtype,
    cast(s.seats_n as double) as value,
    'entities' as unit,
    cast($n as double) as threshold,
    cast(null as bigint) as peer_n
from seats s
join address a using (address_id)
order by subject_id
