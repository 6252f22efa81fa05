with found as (
    select
        subject_id,
        -- Rounded down, so that each owner has at least what the sentence says.
        floor(10 * min(share_min)) / 10 as share_min,
        count(distinct owner_id) as owners_n,
        count(distinct case when held_id = subject_id then holder_id end) as holders_n
    from hidden
    group by subject_id
)
select
    c.subject_id,
    case when f.subject_id is not null then 'flagged' else 'not_flagged' end as state,
    f.share_min as value,
    'per cent' as unit,
    $share as threshold,
    case when f.owners_n = 1 then 'One natural person owns' else 'Several natural persons each own' end
        as owners_words,
    f.holders_n,
    case when f.holders_n = 1 then 'direct holder' else 'direct holders' end as holders_words
from owned_entity c
left join found f using (subject_id)
