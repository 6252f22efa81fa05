with said as (
    select
        subject_id,
        count(*) filter (where declaration_class = 'undisclosed') as undisclosed_n,
        count(*) filter (where declaration_class = 'unknown') as unknown_n,
        min(case when declaration_class = 'undisclosed' then valid_from end) as since
    from relationship
    where is_open and declaration_class in ('undisclosed', 'unknown')
    group by subject_id
),
undisclosed_here as (
    select party_id from holder_here where party_id in (select subject_id from said where undisclosed_n > 0)
)
select
    c.subject_id,
    case
        when s.undisclosed_n > 0 then 'flagged'
        when s.unknown_n > 0 then 'not_assessable'
        else 'not_flagged'
    end as state,
    case when s.undisclosed_n = 0 and s.unknown_n > 0 then 'unknown_statement' end as reason,
    case when h.party_id is not null then 'act' end as lane,
    date_diff('day', s.since, $as_of) as value,
    case when s.since is not null then 'days to the release' end as unit,
    case
        when s.since is null then 'on a day not stated'
        else concat_ws(
            '', 'since ', cast(s.since as varchar), ', ',
            cast(date_diff('day', s.since, $as_of) as varchar),
            case when date_diff('day', s.since, $as_of) = 1 then ' day' else ' days' end
        )
    end as since_words
from owned_entity c
left join said s on s.subject_id = c.subject_id
left join undisclosed_here h on h.party_id = c.subject_id
