-- Records of entities as the mart `resolution` has them: the claims, and the entries of company registers,
-- which are their numbers.
create or replace temp table entity_row as
select * from claim_row
union all by name
select
    concat_ws('-', s.identifier_scheme, s.identifier) as party_id,
    s.register,
    s.edition,
    s.record,
    s.statement_id,
    'identifier' as method,
    1.0 as score,
    null as candidate_id
from entity_statement s
join edition_in_use e using (register, dataset, edition)
where s.is_registry_entry and s.identifier is not null
