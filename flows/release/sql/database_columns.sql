-- Columns of the tables (not views) of a database, in their order.
select table_name, column_name, data_type
from duckdb_columns()
join duckdb_tables() using (database_name, schema_name, table_name)
where not duckdb_tables.internal
order by table_name, column_index
