with proprietors as (
    select
        p.title_id,
        p.proprietor_name,
        p.added_on,
        c.incorporated_on,
        date_diff('day', c.incorporated_on, p.added_on) as gap_days,
        case
            -- A score above 0 is that of an overseas entity of that name; 0 that of the holder of the number,
            -- who has another name.
            when p.method in ('record', 'records_agree')
                and r.score > 0
                and o.legal_form_class = 'overseas_entity' then 'overseas_registration'
            when p.method in ('record', 'records_agree')
                and r.score = 0 then 'name_disagrees'
            when p.method in ('record', 'records_agree') then 'no_company_number'
            when c.company_id is null
                and not starts_with(p.party_id, concat_ws('', k.identifier_scheme, '-')) then 'other_register'
            when c.company_id is null then 'number_not_held'
            when c.legal_form_class in ('overseas_entity', 'overseas_company')
                then 'overseas_registration'
            when c.status = 'converted' or c.is_residents_company then 'excluded'
            when p.added_on is null then 'no_added_date'
            when p.added_on > $as_of then 'added_after_date'
            when c.incorporated_on is null then 'no_incorporation_date'
            when date_diff('day', c.incorporated_on, p.added_on) between 0 and $days then 'hit'
            else 'miss'
        end as outcome,
        p.statement_id
    from proprietorship p
    left join company c on c.company_id = p.party_id
    left join resolution r on r.statement_id = p.party_statement_id and r.candidate_id is not null
    left join company o on o.company_id = r.candidate_id
    left join role_held k on k.territory = p.territory and k.role = 'companies'
    where p.ended_on is null
),
ranked as (
    select
        *,
        row_number() over (
            partition by title_id
            order by
                case outcome when 'hit' then 0 when 'miss' then 2 when 'excluded' then 3 else 1 end,
                gap_days,
                outcome,
                statement_id
        ) as first_row
    from proprietors
)
select
    title_id as subject_id,
    case
        when outcome = 'hit' then 'flagged'
        when outcome in ('miss', 'excluded') then 'not_flagged'
        else 'not_assessable'
    end as state,
    case when outcome not in ('hit', 'miss', 'excluded') then outcome end as reason,
    case when outcome in ('hit', 'miss') then gap_days end as value,
    'days' as unit,
    $days as threshold,
    proprietor_name,
    incorporated_on,
    added_on,
    case when gap_days = 1 then 'day' else 'days' end as days_word
from ranked
where first_row = 1
