with late as (
    select
        c.company_id, c.statement_id, c.accounts_due_on, c.confirmation_due_on,
        c.edition_on, p.statement_id as holding_id, p.party_statement_id
    from proprietorship p
    join company c on c.company_id = p.party_id
    where p.ended_on is null
        and c.is_active
        and not c.is_residents_company
        and coalesce(p.added_on <= $as_of, true)
        and (
            date_diff('day', c.accounts_due_on, c.edition_on) > $days
            or date_diff('day', c.confirmation_due_on, c.edition_on) > $days
        )
)
select
    company_id as subject_id, 'accounts due' as role, statement_id,
    'entity_statement.accounts_due_on' as field
from late where date_diff('day', accounts_due_on, edition_on) > $days
union all
select company_id, 'confirmation statement due', statement_id, 'entity_statement.confirmation_due_on'
from late where date_diff('day', confirmation_due_on, edition_on) > $days
union all
select company_id, 'company in its register', statement_id, 'entity_statement.name' from late
union all
select company_id, 'title held', holding_id, 'proprietorship_statement.title_id' from late
union all
select company_id, 'proprietor as the title names it', party_statement_id, 'entity_statement.name'
from late
