-- Records of entities in order of their anchors.
select
    s.statement_id,
    s.register,
    s.dataset,
    s.edition,
    s.record,
    -- A statement id is 24 hex digits of its record, a hyphen, and the part of the record it speaks of.
    substr(s.statement_id, 26) as part,
    e.edition_order,
    s.role,
    s.name,
    case when s.identifier is not null then concat_ws('-', s.identifier_scheme, s.identifier) end as org_id
from entity_statement s
join edition_in_use e using (register, dataset, edition)
where {condition}
order by e.edition_order, s.register, s.dataset, s.record, s.statement_id
