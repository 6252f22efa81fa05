-- The facts that an indicator says its flags rest on. `flagged_now`: flag_id, subject_id, subtype. Python
-- puts in the indicator's query and, where that gives `subtype` as well, the condition on it. A subject of a
-- relationship that has no official number is named by its own statement: that is the fact then.
select distinct
    f.flag_id,
    e.role,
    coalesce(unnumbered.subject_statement_id, e.statement_id) as statement_id,
    case when unnumbered.statement_id is null then e.field else 'entity_statement.name' end as field
from ({evidence}) e
join flagged_now f on f.subject_id = e.subject_id and {is_same_subtype}
left join (
    select statement_id, subject_statement_id
    from relationship_statement
    where subject_id is null and subject_statement_id is not null
) unnumbered on unnumbered.statement_id = e.statement_id and e.field = 'relationship_statement.subject_id'
