with awarded as (
    select
        supplier_id,
        statement_id,
        row_number() over (partition by supplier_id order by award_id, position) as nth
    from award
    where status = 'active' and suppliers_n = 1 and supplier_id is not null and array_length(item_codes) > 0
)
-- The first awards, at most a hundred.
select supplier_id as subject_id, 'award' as role, statement_id, 'award_statement.item_codes' as field
from awarded
where nth <= 100
