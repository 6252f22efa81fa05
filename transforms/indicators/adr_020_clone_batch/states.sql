with candidates as (
    select distinct a.unit_id
    from company c
    join address a using (address_id)
    where a.address_class <> 'default'
)
select
    c.unit_id as subject_id,
    case when l.batch_n >= $n then 'flagged' else 'not_flagged' end as state,
    case when l.batch_n >= $n then l.likeness end as subtype,
    l.batch_n as value,
    'entities' as unit,
    $n as threshold,
    $months as months,
    l.legal_form,
    l.industry_code,
    l.incorporated_on as last_on,
    case
        when l.likeness = 'same_owner_set' then 'have the same owners'
        else concat_ws('', 'have the same kind of owner (', l.owners, ')')
    end as likeness_words
from candidates c
left join largest l on l.unit_id = c.unit_id
