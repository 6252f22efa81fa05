-- Names, present and former, of the numbers that somebody states: a register has millions that nobody does.
with stated as (
    select distinct s.identifier_scheme, s.identifier
    from entity_statement s
    join edition_in_use e using (register, dataset, edition)
    where not s.is_registry_entry and s.identifier is not null
)
select distinct
    concat_ws('-', s.identifier_scheme, s.identifier) as org_id,
    unnest(list_concat([s.name], coalesce(s.former_names, []))) as name
from entity_statement s
join edition_in_use e using (register, dataset, edition)
join stated using (identifier_scheme, identifier)
where s.is_registry_entry
