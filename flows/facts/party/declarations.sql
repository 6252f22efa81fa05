-- Holders without a stated right, and declarations that name no holder.
with mine as (
    select *
    from relationship
    where
        rowid in (from rows_of('relationship.subject_id', $ids))
        and statement_id not in (
            select statement_id from interest where rowid in (from rows_of('interest.subject_id', $ids))
        )
),
named as ({named_parties})
select
    r.subject_id as id, r.party_id, n.name, n.kind, r.unspecified_reason, r.declaration_code,
    r.declaration_class, r.valid_from, r.statement_id,
    row_number() over (partition by r.subject_id order by r.valid_from nulls last, r.statement_id) as row_no
from mine r
left join named n on n.party_id = r.party_id
