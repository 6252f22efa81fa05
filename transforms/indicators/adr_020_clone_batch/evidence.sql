with batch as (
    select distinct a.unit_id, a.company_id, a.statement_id, a.address_statement_id
    from largest l
    join alike a
        on a.unit_id = l.unit_id
        and a.legal_form = l.legal_form
        and a.industry_code = l.industry_code
        and a.likeness = l.likeness
        and a.owners = l.owners and a.made_at between l.made_at - 100 * $months and l.made_at
    where l.batch_n >= $n
),
owners as (
    select b.unit_id, r.statement_id, r.party_statement_id, r.party_kind, r.party_id
    from batch b
    join relationship r on r.subject_id = b.company_id and r.is_open and not r.is_office
)
select
    unit_id as subject_id, 'seat' as role, address_statement_id as statement_id,
    'address_statement.address_text' as field
from batch
union all
select unit_id, 'form', statement_id, 'entity_statement.legal_form' from batch
union all
select unit_id, 'industry codes', statement_id, 'entity_statement.industry_codes' from batch
union all
select unit_id, 'incorporated', statement_id, 'entity_statement.incorporated_on' from batch
union all
select unit_id, 'kind of owner', statement_id, 'relationship_statement.party_kind' from owners
union all
select unit_id, 'statement', statement_id, 'relationship_statement.declaration_code'
from owners
where party_id is null
union all
select unit_id, 'owner', party_statement_id, 'entity_statement.name'
from owners
where party_kind = 'entity' and party_id is not null
union all
select unit_id, 'owner', party_statement_id, 'person_statement.full_name'
from owners
where party_kind = 'person'
