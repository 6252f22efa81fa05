with hits as (
    select
        p.title_id, p.statement_id, p.party_statement_id, p.number_native, p.added_on,
        d.statement_id as company_statement_id, d.dissolved_from, d.dissolved_by, d.is_interval,
        d.is_without_day
    from proprietorship p
    join title t using (title_id)
    join ended_company d on d.company_id = p.party_id
    where d.legal_form_class not in ('overseas_entity', 'overseas_company')
        and p.added_on <= $as_of
        and date_diff('day', p.added_on, d.dissolved_by) between 0 and $days
        and not (d.is_interval and date_diff('day', d.dissolved_from, d.dissolved_by) > 31)
)
select
    title_id as subject_id, 'proprietor added' as role, statement_id,
    'proprietorship_statement.added_on' as field
from hits
union all
select title_id, 'proprietor as the title names it', party_statement_id, 'entity_statement.name'
from hits
union all
select title_id, 'number as the title writes it', party_statement_id, 'entity_statement.identifier_native'
from hits
where number_native is not null
union all
select title_id, 'company in its register', company_statement_id, 'entity_statement.name' from hits
union all
select title_id, 'company dissolved', company_statement_id, 'entity_statement.dissolved_on'
from hits
where not is_interval and not is_without_day
union all
select title_id, 'status in the company register', company_statement_id, 'entity_statement.status'
from hits
where is_without_day
union all
select title_id, 'last entry in the company register', company_statement_id, 'entity_statement.identifier'
from hits
where is_interval
