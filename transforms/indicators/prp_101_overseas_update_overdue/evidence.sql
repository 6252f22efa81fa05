with late as (
    select * from entry where gap is null and is_active and due_on < edition_on
)
select
    title_id as subject_id, 'proprietor of the title' as role, statement_id,
    'proprietorship_statement.title_id' as field
from late
union all
select title_id, 'proprietor as the title names it', party_statement_id, 'entity_statement.name' from late
union all
select title_id, 'entry on the register', company_statement_id, 'entity_statement.name' from late
union all
select title_id, 'update due', company_statement_id, 'entity_statement.confirmation_due_on' from late
