with judged as (
    select
        c.company_id,
        r.subject_id is not null or coalesce(e.is_listed, false) as has_declared,
        date_diff('day', coalesce(c.registered_on, c.incorporated_on), $as_of) as age_days,
        date_diff('day', coalesce(c.registered_on, c.incorporated_on), g.owners_on) as edition_age_days,
        coalesce(g.gap, o.gap) as gap,
        case when p.subject_id is not null then concat_ws('', 'rejected:', p.register) end as rejected
    from company c
    left join ownership_gap g on g.territory = c.territory
    left join (select distinct subject_id from relationship where is_open and not is_office) r
        on r.subject_id = c.company_id
    left join entity e on e.entity_id = c.company_id
    left join out_of_edition o on o.company_id = c.company_id
    left join rejected_subject p on p.subject_id = c.company_id and p.register = g.register
    where c.is_active and c.must_declare_owners
),
reasoned as (
    select
        *,
        case
            when has_declared or age_days <= $days then null
            when age_days is null then 'no_incorporation_date'
            when gap is not null then gap
            when rejected is not null then rejected
            when edition_age_days <= $days then 'edition_too_early'
        end as reason_code
    from judged
)
select
    company_id as subject_id,
    case
        when has_declared or age_days <= $days then 'not_flagged'
        when reason_code is not null then 'not_assessable'
        else 'flagged'
    end as state,
    reason_code as reason,
    case when not has_declared then age_days end as value,
    'days to the release' as unit,
    $days as threshold
from reasoned
