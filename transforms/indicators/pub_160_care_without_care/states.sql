with summed as (
    select
        payee_id, currency,
        sum(amount) as received,
        min(purpose) as purpose
    from care_line
    group by payee_id, currency
),
beside as (
    select a.company_id, b.company_id as member_id
    from company_tie a
    join company_tie b using (link, shared_id)
    where a.link = 'control_group' and a.company_id in (select payee_id from summed)
    union
    select payee_id, payee_id from summed
),
-- Sections of health and care: divisions 86 to 88 of SIC, NACE and SBI.
caring as (
    select b.company_id, bool_or(regexp_matches(k.code, '^8[678]')) as is_care
    from beside b
    join (select company_id, unnest(industry_codes) as code from company) k on k.company_id = b.member_id
    group by b.company_id
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
            when k.is_care then 'miss'
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
