-- Holders of whom the register says only that they are one, and declarations that name nobody.
with named as ({named_parties})
select
    r.subject_id as id, r.party_id, n.name, n.kind, r.unspecified_reason, r.declaration_code,
    r.declaration_class, r.valid_from, r.statement_id,
    row_number() over (partition by r.subject_id order by r.valid_from nulls last, r.statement_id) as row_no
from v_relationship r
left join named n on n.party_id = r.party_id
where
    r.is_open
    and r.subject_id in (select unnest($ids))
    and not exists (select 1 from v_interest i where i.statement_id = r.statement_id)
