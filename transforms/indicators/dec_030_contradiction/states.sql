with nobody as (
    select subject_id, min(valid_from) as since, count(*) > count(valid_from) as has_undated
    from relationship
    where is_open and declaration_class = 'no_owner'
    group by subject_id
),
somebody as (
    select
        r.subject_id, min(r.valid_from) as since, count(*) > count(r.valid_from) as has_undated,
        count(r.party_id) = 0 as is_unnamed
    from relationship r
    join nobody using (subject_id)
    where r.is_open
        and not r.is_office
        and (r.party_id is not null or r.declaration_class = 'protected')
    group by r.subject_id
),
overlap as (
    select
        n.subject_id,
        s.is_unnamed,
        case when n.since is not null and s.since is not null then date_diff(
            'day', greatest(n.since, s.since), $as_of
        ) end as days_n,
        -- The greatest possible overlap: a record without a first day may always have been open.
        date_diff(
            'day',
            greatest(
                case when not n.has_undated then n.since end,
                case when not s.has_undated then s.since end
            ),
            $as_of
        ) as days_max
    from nobody n
    join somebody s using (subject_id)
)
select
    c.subject_id,
    case
        when o.days_n >= 1 then 'flagged'
        when o.subject_id is null or o.days_max < 1 then 'not_flagged'
        else 'not_assessable'
    end as state,
    case
        when o.subject_id is not null
            and coalesce(o.days_n, 0) < 1
            and coalesce(o.days_max, 1) >= 1 then 'first_day_unknown'
    end as reason,
    o.days_n as value,
    'days to the release' as unit,
    1 as threshold,
    case when o.days_n = 1 then 'day' else 'days' end as days_word,
    case
        when o.is_unnamed then 'says that an owner is protected'
        else 'names an owner'
    end as owner_words
from owned_entity c
left join overlap o on o.subject_id = c.subject_id
