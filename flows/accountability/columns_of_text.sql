-- View -> condition on a row of it in which the person's id stands, also within another id or in a list.
select
    table_name as view,
    string_agg(format('contains("{}"::varchar, $person)', column_name), ' or ' order by column_index) as holds
from duckdb_columns()
where starts_with(table_name, 'v_') and data_type in ('VARCHAR', 'VARCHAR[]')
group by all
order by all
