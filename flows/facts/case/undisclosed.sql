-- Open declarations that name no holder, one for each subject and reason.
select subject_id, unspecified_reason, declaration_class, min(statement_id) as statement_id
from relationship
where
    party_id is null
    and declaration_class <> 'neutral'
    and rowid in (from rows_of('relationship.subject_id', $ids))
group by subject_id, unspecified_reason, declaration_class
order by subject_id, unspecified_reason, declaration_class
