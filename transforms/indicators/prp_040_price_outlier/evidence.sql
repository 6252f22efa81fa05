with hits as (
    select * from measured where is_stated and abs(z_score) > $z
)
select
    transaction_id as subject_id, 'price' as role, statement_id,
    'transaction_statement.price_gbp' as field
from hits
union all
select transaction_id, 'day', statement_id, 'transaction_statement.transferred_on' from hits
union all
select transaction_id, 'stratum: district', statement_id, 'transaction_statement.district' from hits
union all
select transaction_id, 'stratum: kind', statement_id, 'transaction_statement.property_type' from hits
union all
select transaction_id, 'stratum: tenure', statement_id, 'transaction_statement.tenure' from hits
union all
select transaction_id, 'stratum: new build', statement_id, 'transaction_statement.is_new_build'
from hits
union all
select transaction_id, 'category', statement_id, 'transaction_statement.category' from hits
order by subject_id, role, statement_id, field
