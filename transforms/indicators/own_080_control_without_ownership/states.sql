with found as (
    select s.*, e.name, e.entity_type, n.person_id
    from separated s
    left join entity e on e.entity_id = s.party_id
    left join person n on n.person_id = s.party_id
    where s.first_row = 1
)
select
    c.company_id as subject_id,
    case
        when f.subject_id is null then 'not_flagged'
        when c.legal_form_class = 'overseas_entity' or c.legal_form = 'Community Interest Company'
            then 'not_assessable'
        else 'flagged'
    end as state,
    case
        when f.subject_id is not null
            and (c.legal_form_class = 'overseas_entity' or c.legal_form = 'Community Interest Company')
            then 'share_capital_not_known'
    end as reason,
    f.share_max as value,
    'per cent' as unit,
    $share as threshold,
    case
        when f.person_id is not null then 'a natural person'
        when f.entity_type = 'arrangement' then 'an unnamed trust or firm'
        else coalesce(f.name, 'an entity without a name')
    end as controller_words,
    case when f.is_direct then '' else ' through other entities' end as way_words,
    case
        when f.share_max = 0 then ''
        when round(f.share_max) >= $share then 'less than '
        else 'at most '
    end as bound_words
from company c
left join found f on f.subject_id = c.company_id
where c.is_active and c.legal_form_class in ('company', 'plc', 'european_form', 'overseas_entity')
