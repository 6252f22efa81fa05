-- Names of the numbers that records state: present and former, in other languages and of trade. Only for
-- these, because a register has millions of other numbers.
create or replace temp table registered_name as
with stated as (
    select distinct s.identifier_scheme, s.identifier
    from entity_statement s
    join edition_in_use e using (register, dataset, edition)
    where not s.is_registry_entry and s.identifier is not null
),
-- A second number in a registration (as in entity_records.sql) identifies the same company.
wanted as (
    select identifier_scheme, identifier from stated
    union
    select r.identifier_scheme, r.identifier
    from entity_statement r
    join identifier_statement i on i.of_statement_id = r.statement_id
    join stated s on s.identifier_scheme = i.scheme and s.identifier = i.number
    where s.identifier_scheme = 'NL-RSIN' and r.is_registry_entry and r.identifier is not null
),
entry as (
    select
        concat_ws('-', s.identifier_scheme, s.identifier) as org_id,
        s.statement_id,
        list_concat([s.name], coalesce(s.former_names, [])) as names
    from entity_statement s
    join edition_in_use e using (register, dataset, edition)
    join wanted using (identifier_scheme, identifier)
    where s.is_registry_entry
),
named as (
    select org_id, unnest(names) as name from entry
    union
    select e.org_id, n.name from entry e join name_statement n on n.of_statement_id = e.statement_id
)
select row_number() over () - 1 as row_no, * from named
