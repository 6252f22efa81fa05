with ranked as (
    select
        *,
        count(*) over (partition by title_id) as proprietors_n,
        row_number() over (
            partition by title_id
            order by
                case
                    when not_covered is not null then 0
                    when outcome = 'miss' then 1
                    when outcome = 'hit' then 3
                    else 2
                end,
                share_max desc, outcome, statement_id
        ) as first_row
    from judged
)
select
    title_id as subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when holders_n > 0 then 'look' end as lane,
    case when outcome in ('hit', 'miss') then least(share_max, 100) end as value,
    'per cent' as unit,
    $share as threshold,
    proprietor_name,
    case
        when holders_n = 0 then 'none is known'
        when holders_n = 1 then 'one is known'
        else concat_ws(' ', cast(holders_n as varchar), 'are known')
    end as holders_words,
    case when is_exclusive then 'less than' else 'at most' end as bound_word,
    cast(ceil(100 * least(share_max, 100)) / 100 as double) as most_share,
    case
        when proprietors_n = 1 then 'the proprietor'
        else 'the clearest of the proprietors'
    end as which_word
from ranked
where first_row = 1
