-- Names, present and former, of registers' entries that begin like one of the records' names.
create or replace temp table entry_name as
with named as (
    select
        concat_ws('-', s.identifier_scheme, s.identifier) as org_id,
        unnest(list_concat([s.name], coalesce(s.former_names, []))) as name,
        s.name as present_name,
        e.edition_order,
        split_part(s.jurisdiction, '-', 1) as country,
        s.legal_form_class,
        s.incorporated_on,
        s.dissolved_on,
        s.statement_id
    from entity_statement s
    join edition_in_use e using (register, dataset, edition)
    where s.is_registry_entry and s.identifier is not null
),
plain as (
    select *, case when {is_plain} then {plain_name} end as plain from named
)
select * exclude (plain)
from plain
where plain is null or {begins_alike}
