with buyers as (
    select
        p.title_id,
        p.proprietor_name,
        p.added_on,
        p.statement_id,
        d.dissolved_from,
        d.dissolved_by,
        d.is_interval,
        d.is_without_day,
        date_diff('day', p.added_on, d.dissolved_from) as least_days,
        date_diff('day', p.added_on, d.dissolved_by) as most_days,
        case
            when c.company_id is null then 'no_entry'
            when c.legal_form_class in ('overseas_entity', 'overseas_company') then 'overseas_registration'
            when c.is_active then coalesce(o.gap, 'alive')
            when d.company_id is null then 'alive'
            when p.added_on is null then 'no_added_date'
            when p.added_on > $as_of then 'added_after_date'
            when d.dissolved_by is null then 'no_dissolution_date'
            when d.is_interval
                and date_diff('day', d.dissolved_from, d.dissolved_by) > 31 then 'editions_apart'
        end as settled
    from proprietorship p
    join title t using (title_id)
    left join company c on c.company_id = p.party_id
    left join ended_company d on d.company_id = p.party_id
    left join out_of_edition o on o.company_id = p.party_id
),
judged as (
    select
        *,
        case
            when settled is not null then settled
            when most_days < 0 then 'dates_disagree'
            when most_days <= $days then 'hit'
            when is_without_day then 'no_dissolution_date'
            when least_days > $days then 'miss'
            else 'interval'
        end as outcome
    from buyers
),
ranked as (
    select
        *,
        row_number() over (
            partition by title_id
            order by
                case outcome when 'hit' then 0 when 'miss' then 2 when 'alive' then 3 else 1 end,
                most_days,
                outcome,
                statement_id
        ) as first_row
    from judged
)
select
    title_id as subject_id,
    case
        when outcome = 'hit' then 'flagged'
        when outcome in ('miss', 'alive') then 'not_flagged'
        else 'not_assessable'
    end as state,
    case when outcome not in ('hit', 'miss', 'alive') then outcome end as reason,
    case when outcome in ('hit', 'miss') then most_days end as value,
    'days' as unit,
    $days as threshold,
    proprietor_name,
    added_on,
    case when most_days = 1 then 'day' else 'days' end as days_word,
    case
        when is_without_day
            then concat_ws('', 'was dissolved by ', cast(dissolved_by as varchar), ', at most')
        when is_interval
            then concat_ws(
                '', 'left the company register between ', cast(dissolved_from as varchar), ' and ',
                cast(dissolved_by as varchar), ', at most'
            )
        else concat_ws('', 'was dissolved on ', cast(dissolved_by as varchar), ',')
    end as ending
from ranked
where first_row = 1
