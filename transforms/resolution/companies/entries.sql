-- Each distinct name of each entry, with its newest statement.
create or replace temp table entry as
select
    row_number() over (order by org_id, name, country) - 1 as row_no,
    org_id,
    name,
    country,
    max(legal_form_class) as legal_form_class,
    max(name = present_name) as is_present,
    min(incorporated_on) as incorporated_on,
    max(dissolved_on) as dissolved_on,
    arg_max(statement_id, (edition_order, statement_id)) as target_id
from entry_name
group by org_id, name, country
order by row_no
