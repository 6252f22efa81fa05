with hits as (
    select
        p.title_id, p.statement_id, p.party_statement_id, p.number_native,
        c.statement_id as company_statement_id
    from proprietorship p
    join company c on c.company_id = p.party_id
    where p.ended_on is null
        and c.legal_form_class not in ('overseas_entity', 'overseas_company')
        and c.status <> 'converted'
        and not c.is_residents_company
        and p.added_on <= $as_of
        and date_diff('day', c.incorporated_on, p.added_on) between 0 and $days
)
select
    title_id as subject_id, 'proprietor added' as role, statement_id,
    'proprietorship_statement.added_on' as field
from hits
union all
select title_id, 'proprietor as the title names it', party_statement_id, 'entity_statement.name'
from hits
union all
select
    title_id, 'number as the title writes it', party_statement_id,
    'entity_statement.identifier_native'
from hits
where number_native is not null
union all
select title_id, 'company in its register', company_statement_id, 'entity_statement.name' from hits
union all
select title_id, 'company incorporated', company_statement_id, 'entity_statement.incorporated_on'
from hits
