with holders as (
    select
        c.company_id,
        c.is_residents_company,
        c.accounts_due_on,
        c.confirmation_due_on,
        o.gap,
        c.edition_on,
        count(distinct p.title_id) as titles_n
    from proprietorship p
    join company c on c.company_id = p.party_id
    left join out_of_edition o on o.company_id = c.company_id
    where p.ended_on is null and c.is_active and coalesce(p.added_on <= $as_of, true)
    group by
        c.company_id, c.is_residents_company, c.accounts_due_on, c.confirmation_due_on, o.gap,
        c.edition_on
),
delays as (
    select
        *,
        greatest(
            coalesce(date_diff('day', accounts_due_on, edition_on), -1),
            coalesce(date_diff('day', confirmation_due_on, edition_on), -1)
        ) as late_days,
        case
            when coalesce(date_diff('day', accounts_due_on, edition_on), -1) >= coalesce(
                date_diff('day', confirmation_due_on, edition_on), -1
            )
                then 'accounts'
            else 'confirmation statement'
        end as filing
    from holders
),
outcomes as (
    select
        *,
        case
            when is_residents_company then 'miss'
            when gap is not null then gap
            when edition_on is null then 'edition_undated'
            when accounts_due_on is null and confirmation_due_on is null then 'no_day_due'
            when late_days > $days then 'hit'
            else 'miss'
        end as outcome
    from delays
)
select
    company_id as subject_id,
    state_of(outcome) as state,
    reason_of(outcome) as reason,
    case when outcome = 'hit' then late_days end as value,
    'days' as unit,
    $days as threshold,
    filing,
    case when filing = 'accounts' then accounts_due_on else confirmation_due_on end as due_on,
    case when filing = 'accounts' then 'were' else 'was' end as was_word,
    edition_on,
    titles_n,
    case when titles_n = 1 then 'title' else 'titles' end as titles_word
from outcomes
