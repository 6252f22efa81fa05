-- Open declarations that name nobody, one for each subject and reason.
select subject_id, unspecified_reason, declaration_class, min(statement_id) as statement_id
from v_relationship
where
    is_open
    and party_id is null
    and declaration_class <> 'neutral'
    and subject_id in (select unnest($ids))
group by subject_id, unspecified_reason, declaration_class
order by subject_id, unspecified_reason, declaration_class
