with receivers as (
    select
        payee_id,
        max(payee_name) as payee_name,
        bool_or(payee_kind in ('public', 'conduit')) as is_public
    from subsidy
    where payee_id in (select entity_id from entity) and state in ('granted', 'settled')
    group by payee_id
),
ranked as (
    select
        *,
        row_number() over (partition by payee_id order by received desc, last_year, territory) as first_row
    from summed
),
judged as (
    select
        r.payee_id, s.received, s.last_year, s.is_of_group,
        case
            when x.entity_id is not null or r.is_public then 'excluded'
            when coalesce(s.received, 0) <= $ceiling then 'miss'
            when c.legal_form_class in (
                'guarantee_company', 'society', 'cio', 'royal_charter', 'association', 'foundation'
            )
                or regexp_matches(lower(c.legal_form), '^(stichting|vereniging|kerkgenootschap)')
                or regexp_matches(
                    upper(coalesce(r.payee_name, '')),
                    '\b(STICHTING|VERENIGING|ASBL|VZW|AISBL|IVZW|FONDATION|FOUNDATION|ASSOCIATION)\b|^ST\. '
                ) then 'may_not_trade'
            when c.company_id is not null
                or regexp_matches(
                    upper(coalesce(r.payee_name, '')),
                    '\b(BV|NV|SA|SRL|SPRL|BVBA|SCRL|CVBA|CV|LTD|LIMITED|PLC|LLP|GMBH|SAS|SARL)\b'
                    '|\bB\.V\.|\bN\.V\.|\bS\.A\.'
                ) then 'hit'
            else 'form_not_held'
        end as outcome
    from receivers r
    left join ranked s on s.payee_id = r.payee_id and s.first_row = 1
    left join company c on c.company_id = r.payee_id
    left join exempt x on x.entity_id = r.payee_id
)
select
    payee_id as subject_id,
    case
        when outcome = 'hit' then 'flagged'
        when outcome in ('miss', 'excluded') then 'not_flagged'
        else 'not_assessable'
    end as state,
    case when outcome in ('may_not_trade', 'form_not_held') then outcome end as reason,
    case when outcome = 'hit' then received end as value,
    'EUR' as unit,
    $ceiling as threshold,
    thousands(received) as received,
    last_year - 2 as first_year,
    last_year,
    case when is_of_group then 'the control group of ' else '' end as group_words
from judged
