-- The claims, each with its position in its flag. If the subject of a relationship has no official number, it
-- is named by its own statement, and that is the fact. Positions are assigned to claims and not to facts,
-- whose rows are four times as wide. Roles of a chain end with the number of their step, and step 10 comes
-- after step 9.
with meant as (
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
)
select
    *,
    row_number() over (
        partition by flag_id
        order by
            regexp_replace(role, '[0-9]+', '', 'g'),
            try_cast(regexp_extract(role, '[0-9]+') as bigint) nulls first,
            statement_id,
            field
    ) as position
from meant
