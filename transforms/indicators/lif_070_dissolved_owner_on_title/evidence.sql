with dissolved as (
    select
        party_id, title_id, statement_id, party_statement_id, company_statement_id,
        not is_stated as is_interval
    from entry
    where entry_territory = territory
        and status not in ('converted', 'closed', 'removed')
        and titles_on >= dissolved_by
)
select
    party_id as subject_id, 'still proprietor of' as role, statement_id,
    'proprietorship_statement.title_id' as field
from dissolved
union all
select party_id, 'proprietor as the title names it', party_statement_id, 'entity_statement.name'
from dissolved
union all
select
    party_id, 'number as the title writes it', party_statement_id,
    'entity_statement.identifier_native'
from dissolved
union all
select party_id, 'last entry in the company register', company_statement_id, 'entity_statement.name'
from dissolved
where is_interval
union all
select party_id, 'entry in the company register', company_statement_id, 'entity_statement.name'
from dissolved
where not is_interval
union all
select party_id, 'status in the company register', company_statement_id, 'entity_statement.status'
from dissolved
where not is_interval
union all
select party_id, 'day of dissolution', company_statement_id, 'entity_statement.dissolved_on'
from dissolved
where not is_interval
