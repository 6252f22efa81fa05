-- Entries of the register of overseas entities.
select
    concat_ws('-', s.identifier_scheme, s.identifier) as candidate_id,
    s.name,
    s.former_names,
    split_part(s.jurisdiction, '-', 1) as country,
    e.status = 'in_force' and s.status not in ('dissolved', 'closed', 'converted', 'removed') as is_live
from entity_statement s
join edition_in_use e using (register, dataset, edition)
where s.is_registry_entry and s.legal_form_class = 'overseas_entity' and s.identifier is not null
order by all
