with judged as (
    select
        h.title_id,
        h.statement_id,
        a.added_on,
        a.proprietor_name,
        a.is_group,
        f.titles_n,
        f.acquirers_n,
        greatest(f.fence, $n - 1) as fence,
        case
            when h.added_on is null then 'no_added_date'
            when h.added_on > $as_of then 'added_after_date'
            when a.statement_id is null or f.titles_n < $n then 'miss'
            when f.acquirers_n < 20 then 'few_acquirers'
            when f.titles_n > f.fence then 'hit'
            else 'miss'
        end as outcome
    from holding h
    join title t using (title_id)
    left join acquired a on a.statement_id = h.statement_id
    left join fence f on f.acquirer_id = a.acquirer_id
),
ranked as (
    select
        *,
        row_number() over (
            partition by title_id
            order by
                case outcome when 'hit' then 0 when 'miss' then 2 else 1 end,
                titles_n desc nulls last,
                outcome,
                statement_id
        ) as first_row
    from judged
)
select
    title_id as subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome in ('hit', 'miss') then titles_n end as value,
    'titles' as unit,
    fence as threshold,
    acquirers_n as peer_n,
    $days as days,
    added_on,
    case
        when is_group then concat_ws(' ', proprietor_name, 'and the entities in one control group with it')
        else proprietor_name
    end as acquirer_words
from ranked
where first_row = 1
