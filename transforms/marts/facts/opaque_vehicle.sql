with parties as (
    select
        i.subject_id,
        bool_or(i.interest_type = 'settlor') as has_settlor,
        bool_or(i.interest_type = 'beneficiaryOfLegalArrangement') as has_beneficiary,
        bool_or(i.interest_type = 'nominator') as has_nominator,
        bool_or(i.native_code like '%-trust%' or i.interest_type in ('settlor', 'trustee', 'protector'))
            as is_trust
    from interest i
    join entity e on e.entity_id = i.subject_id
    where i.is_open and not e.in_register
    group by i.subject_id
),
holders as (
    select subject_id, bool_or(party_id is not null) as is_named, bool_or(party_id is null) as is_unnamed
    from relationship
    where is_open
        and not is_office
        and coalesce(declaration_class, '') not in ('no_owner', 'neutral', 'exempt')
    group by subject_id
),
formed as (
    select
        e.entity_id,
        e.statement_id,
        e.entity_type,
        upper(e.name) as name,
        upper(coalesce(e.legal_form, '')) as form,
        coalesce(c.legal_form_class, '') as form_class
    from entity e
    left join company c on c.company_id = e.entity_id
    left join exempt x on x.entity_id = e.entity_id
    where x.entity_id is null and e.entity_type not in ('state', 'stateBody')
),
kinds as (
    select
        f.entity_id,
        f.statement_id,
        case
            when f.name in ('BEARER', 'THE BEARER', 'BEARER SHARES') then 'bearer'
            when f.entity_type = 'arrangement' and f.form like 'NOMINATION%' then 'nominee'
            when f.entity_type = 'arrangement' and (p.is_trust or f.form like 'TRUST%') then 'trust'
            when f.form like '%CHARIT%' then null
            when f.form like '%FOUNDATION%' or f.form like '%STIFTUNG%' or f.form like '%STICHTING%'
                or f.form like '%FUNDACI_N%' or f.form = 'ANSTALT' or f.form_class = 'foundation'
                then 'foundation'
            when f.form in ('TRUST', 'FAMILY TRUST', 'DISCRETIONARY TRUST', 'PRIVATE TRUST', 'SETTLEMENT')
                or f.form like 'TRUST:%' then 'trust'
        end as kind,
        coalesce(p.has_settlor and p.has_beneficiary, false) as names_trust,
        coalesce(p.has_nominator, false) as names_nominator,
        coalesce(h.is_named, false) as names_somebody,
        coalesce(h.is_unnamed, false) as is_unnamed
    from formed f
    left join parties p on p.subject_id = f.entity_id
    left join holders h on h.subject_id = f.entity_id
)
select entity_id as vehicle_id, kind, statement_id
from kinds
where kind = 'bearer'
    or (kind = 'trust' and (is_unnamed or not names_trust))
    or (kind = 'nominee' and (is_unnamed or not names_nominator))
    or (kind = 'foundation' and (is_unnamed or not names_somebody))
union all
select person_id, 'bearer', statement_id
from person
where upper(full_name) in ('BEARER', 'THE BEARER', 'BEARER SHARES')
