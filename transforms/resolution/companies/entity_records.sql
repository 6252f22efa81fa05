-- Records of entities in order of their anchors. A Dutch tax number of a legal person (RSIN) is replaced by
-- the number of the one registration that states it.
with registered as (
    select i.scheme, i.number, min(r.identifier_scheme) as identifier_scheme, min(r.identifier) as identifier
    from entity_statement r
    join identifier_statement i on i.of_statement_id = r.statement_id
    join edition_in_use e on e.register = r.register and e.dataset = r.dataset and e.edition = r.edition
    where i.scheme = 'NL-RSIN' and r.is_registry_entry and r.identifier is not null
    group by i.scheme, i.number
    having count(distinct r.identifier) = 1
)
select
    row_number() over (
        order by e.edition_order, s.register, s.dataset, s.record, s.statement_id
    ) - 1 as row_no,
    s.statement_id,
    s.register,
    s.dataset,
    s.edition,
    s.record,
    -- A statement id is 24 hex digits of its record, a hyphen, and the part of the record.
    substr(s.statement_id, 26) as part,
    e.edition_order,
    s.role,
    s.name,
    case
        when g.identifier is not null then concat_ws('-', g.identifier_scheme, g.identifier)
        when s.identifier is not null then concat_ws('-', s.identifier_scheme, s.identifier)
    end as org_id
from entity_statement s
join edition_in_use e using (register, dataset, edition)
left join registered g on g.scheme = s.identifier_scheme and g.number = s.identifier
where {condition}
order by row_no
