with subjects as (
    select
        subject_id,
        bool_or(is_more_than) as is_more_than,
        count(distinct counted_as) filter (where is_hugging) as hugging_n
    from hugging
    group by subject_id
),
found as (
    select distinct subject_id, kind, holders_n, share_sum from linked
)
select
    s.subject_id,
    case
        when f.subject_id is not null then 'flagged'
        when s.hugging_n >= $holders and r.gap is not null then 'not_assessable'
        else 'not_flagged'
    end as state,
    -- That no officer is shared rests on absence.
    case when f.subject_id is null and s.hugging_n >= $holders then r.gap end as reason,
    f.kind as subtype,
    f.share_sum as value,
    'per cent' as unit,
    $share as threshold,
    f.holders_n,
    case
        when s.is_more_than
            then concat_ws('', 'more than ', cast(cast($share - 1 as integer) as varchar), ' and at most')
        else concat_ws('', 'at least ', cast(cast($share - 1 as integer) as varchar), ' and less than')
    end as bound_words,
    case f.kind when 'officer' then 'an officer' else 'an office' end as shared_words
from subjects s
left join found f on f.subject_id = s.subject_id
left join company c on c.company_id = s.subject_id
left join role_held r on r.territory = coalesce(c.territory, 'elsewhere') and r.role = 'officers'
