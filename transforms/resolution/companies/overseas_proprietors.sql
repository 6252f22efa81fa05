-- Overseas proprietors that state no UK number, or one that looks made up.
select s.statement_id, s.name, split_part(s.jurisdiction, '-', 1) as country
from entity_statement s
join edition_in_use e using (register, dataset, edition)
where s.role = 'proprietor'
    and not s.is_registry_entry
    and (s.identifier is null or regexp_matches(s.identifier, '{anybodys}'))
    and coalesce(split_part(s.jurisdiction, '-', 1), '') <> 'gb'
order by s.statement_id
