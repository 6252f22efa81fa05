with summed as (
    select
        payee_id, currency,
        sum(amount) as received,
        min(purpose) as purpose
    from care_line
    group by payee_id, currency
),
group_of as (
    select company_id, shared_id from company_tie where link = 'control_group'
),
-- Sections of health and care: divisions 86 to 88 of SIC, NACE and SBI.
in_care as (
    select distinct company_id
    from (select company_id, unnest(industry_codes) as code from company)
    where regexp_matches(code, '^8[678]')
),
-- Suppliers in the care industry, or with a group member in it.
caring as (
    select company_id from in_care where company_id in (select payee_id from summed)
    union
    select company_id
    from group_of
    where company_id in (select payee_id from summed)
        and shared_id in (
            select shared_id from group_of where company_id in (select company_id from in_care)
        )
),
outcomes as (
    select
        s.*,
        c.industry_codes,
        g.territory is not null and g.gap is null as has_owners,
        case
            when x.entity_id is not null then 'excluded'
            when s.received < $amount then 'miss'
            when c.legal_form_class in (
                'guarantee_company', 'society', 'cio', 'royal_charter', 'association', 'foundation'
            )
                or regexp_matches(lower(c.legal_form), '^(stichting|vereniging|kerkgenootschap)')
                then 'charity'
            when k.company_id is not null then 'miss'
            when coalesce(array_length(c.industry_codes), 0) = 0 then 'no_industry_code'
            else 'hit'
        end as outcome
    from summed s
    join company c on c.company_id = s.payee_id
    left join caring k on k.company_id = s.payee_id
    left join exempt x on x.entity_id = s.payee_id
    left join role_held g on g.territory = c.territory and g.role = 'owners'
),
ranked as (
    select
        *,
        row_number() over (
            partition by payee_id
            order by
                case outcome when 'hit' then 0 when 'miss' then 2 when 'excluded' then 3 else 1 end,
                currency
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
    case when outcome = 'hit' then received end as value,
    currency as unit,
    $amount as threshold,
    thousands(received) as received,
    currency,
    purpose,
    case
        when has_owners then 'neither it nor a company of its control group has'
        else 'it has not, whatever its group may have (no complete register of owners is held),'
    end as group_words,
    array_to_string(industry_codes, ', ') as codes
from ranked
where first_row = 1
