-- What was claimed. A subject of a relationship that has no official number is named by its own statement:
-- that is the fact then.
select distinct
    c.indicator,
    c.flag_id,
    c.role,
    coalesce(u.subject_statement_id, c.statement_id) as statement_id,
    case when u.statement_id is null then c.field else 'entity_statement.name' end as field
from claimed c
left join (
    select statement_id, subject_statement_id
    from relationship_statement
    where subject_id is null and subject_statement_id is not null
) u on u.statement_id = c.statement_id and c.field = 'relationship_statement.subject_id'
