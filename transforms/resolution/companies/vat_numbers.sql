-- VAT numbers of the records, with the number of the record's party; null if it has none.
select distinct
    i.of_statement_id as statement_id,
    i.number as vat,
    case when not o.is_open then o.party_id end as org_id
from entity_statement s
join identifier_statement i on i.of_statement_id = s.statement_id
join unresolved o on o.statement_id = s.statement_id
where i.scheme = '{vat}'
    and s.name is not null
    and s.role <> 'arrangement'
    and s.entity_type not in ('arrangement', 'anonymousEntity')
order by all
