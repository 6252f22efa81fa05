with hits as (
    select * from judged where verdict = 'hit'
)
select
    transaction_id as subject_id, 'second sale, price' as role, statement_id,
    'transaction_statement.price_gbp' as field
from hits
union all
select transaction_id, 'second sale, day', statement_id, 'transaction_statement.transferred_on'
from hits
union all
select transaction_id, 'second sale, tenure', statement_id, 'transaction_statement.tenure' from hits
union all
select transaction_id, 'second sale, category', statement_id, 'transaction_statement.category'
from hits
union all
select transaction_id, 'second sale, new build', statement_id, 'transaction_statement.is_new_build'
from hits
union all
select transaction_id, 'second sale, property', address_statement_id, 'address_statement.address_text'
from hits
union all
select transaction_id, 'first sale, price', first_statement_id, 'transaction_statement.price_gbp'
from hits
union all
select transaction_id, 'first sale, day', first_statement_id, 'transaction_statement.transferred_on'
from hits
union all
select transaction_id, 'first sale, tenure', first_statement_id, 'transaction_statement.tenure'
from hits
union all
select transaction_id, 'first sale, category', first_statement_id, 'transaction_statement.category'
from hits
union all
select
    transaction_id, 'first sale, property', first_address_statement_id,
    'address_statement.address_text'
from hits
order by subject_id, role, statement_id, field
