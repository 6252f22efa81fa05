with named as (
    select
        e.entity_id,
        e.statement_id,
        e.entity_type = 'arrangement' as is_arrangement,
        upper(e.name) as name,
        upper(coalesce(e.legal_form, '')) as form,
        coalesce(c.legal_form_class, '') as form_class
    from entity e
    left join company c on c.company_id = e.entity_id
    left join exempt x on x.entity_id = e.entity_id
    where x.entity_id is null
),
formed as (
    select
        *,
        case
            when name in ('BEARER', 'THE BEARER', 'BEARER SHARES') then 'bearer'
            when is_arrangement and form like 'NOMINATION%' then 'nominee'
            when is_arrangement and form like 'TRUST%' then 'trust'
            when form like '%CHARIT%' then null
            when form like '%FOUNDATION%' or form like '%STIFTUNG%' or form like '%STICHTING%'
                or form like '%FUNDACI_N%' or form = 'ANSTALT' or form_class = 'foundation'
                then 'foundation'
            when form in ('TRUST', 'FAMILY TRUST', 'DISCRETIONARY TRUST', 'PRIVATE TRUST', 'SETTLEMENT')
                or form like 'TRUST:%' then 'trust'
        end as form_kind
    from named
),
-- These are few of all entities, and only their parties are looked up.
possible as materialized (
    select * from formed where form_kind is not null or is_arrangement
),
parties as (
    select
        i.subject_id,
        bool_or(i.interest_type = 'settlor') as has_settlor,
        bool_or(i.interest_type = 'beneficiaryOfLegalArrangement') as has_beneficiary,
        bool_or(i.interest_type = 'nominator') as has_nominator,
        bool_or(i.native_code like '%-trust%' or i.interest_type in ('settlor', 'trustee', 'protector'))
            as is_trust
    from interest i
    join entity e on e.entity_id = i.subject_id
    where i.is_open and not e.in_register and i.subject_id in (select entity_id from possible)
    group by i.subject_id
),
holders as (
    select subject_id, bool_or(party_id is not null) as is_named, bool_or(party_id is null) as is_unnamed
    from relationship
    where is_open
        and not is_office
        and coalesce(declaration_class, '') not in ('no_owner', 'neutral', 'exempt')
        and subject_id in (select entity_id from possible)
    group by subject_id
),
kinds as (
    select
        f.entity_id,
        f.statement_id,
        case
            when f.form_kind in ('bearer', 'nominee') then f.form_kind
            when f.is_arrangement and p.is_trust then 'trust'
            else f.form_kind
        end as kind,
        coalesce(p.has_settlor and p.has_beneficiary, false) as names_trust,
        coalesce(p.has_nominator, false) as names_nominator,
        coalesce(h.is_named, false) as names_somebody,
        coalesce(h.is_unnamed, false) as is_unnamed
    from possible f
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
