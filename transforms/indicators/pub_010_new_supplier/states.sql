with
-- A company that controls the supplier, or another one of its control group, was there before it. Another
-- company of the same natural person does not count.
group_ages as (
    select g.control_group_id, min(c.incorporated_on) as oldest_on
    from graph_control_group g
    join entity e on e.entity_id = g.controller_id
    join company c on c.company_id = g.subject_id
    group by g.control_group_id
),
groups as (
    select subject_id, min(oldest_on) as oldest_on
    from (
        select g.subject_id, c.incorporated_on as oldest_on
        from graph_control g
        join company c on c.company_id = g.party_id
        where g.verdict = 'CERTAIN'
        union all
        select g.subject_id, a.oldest_on
        from graph_control_group g
        join group_ages a using (control_group_id)
    ) older
    group by subject_id
),
outcomes as (
    select
        s.*,
        c.name,
        c.incorporated_on,
        r.territory is not null and r.gap is null as has_owners,
        date_diff('day', c.incorporated_on, s.first_on) as age_days,
        case
            when c.legal_form_class in ('overseas_entity', 'overseas_company')
                then 'overseas_registration'
            when c.incorporated_on is null then 'no_incorporation_date'
            when x.entity_id is not null then 'excluded'
            when date_diff('day', g.oldest_on, s.first_on) >= $days then 'excluded'
            when date_diff('day', c.incorporated_on, s.first_on) between 0 and $days - 1
                and s.received >= $amount then 'hit'
            when date_diff('day', c.incorporated_on, s.first_on) between 0 and $days - 1
                and s.received is null then 'award_value_unknown'
            else 'miss'
        end as outcome
    from sums s
    join company c on c.company_id = s.payee_id
    left join exempt x on x.entity_id = s.payee_id
    left join groups g on g.subject_id = s.payee_id
    left join role_held r on r.territory = c.territory and r.role = 'owners'
),
ranked as (
    select
        *,
        row_number() over (
            partition by payee_id
            order by
                case outcome when 'hit' then 0 when 'miss' then 2 when 'excluded' then 3 else 1 end,
                age_days,
                received desc,
                payer_id,
                currency,
                kind
        ) as first_row
    from outcomes
)
select
    payee_id as subject_id,
    case
        when outcome = 'hit' then 'flagged'
        when outcome in ('miss', 'excluded') then 'not_flagged'
        else 'not_assessable'
    end as state,
    case when outcome not in ('hit', 'miss', 'excluded') then outcome end as reason,
    case when outcome in ('hit', 'miss') then age_days end as value,
    'days' as unit,
    $days as threshold,
    incorporated_on,
    case when by_award then 'awarded a contract' else 'paid' end as first_words,
    first_on,
    case when kind = 'award' then 'was awarded contracts of' else 'received' end as sum_words,
    thousands(received) as received,
    currency,
    case when age_days = 1 then 'day' else 'days' end as days_word,
    case
        when has_owners then ''
        else '; no complete register of owners is held that would show an older company above it'
    end as group_words
from ranked
where first_row = 1
