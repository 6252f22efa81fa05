with hits as (
    select * from measured where is_stated and abs(z_score) > $z
),
-- The facts that a price register states about a sale; for a deed its sum and day, and the title with its
-- place.
recorded as (
    select * from hits where title_id is null
)
select
    transaction_id as subject_id, 'price' as role, statement_id,
    case when title_id is null then 'transaction_statement.price_gbp'
        else 'proprietorship_statement.deed_sum_eur' end as field
from hits
union all
select
    transaction_id, 'day', statement_id,
    case when title_id is null then 'transaction_statement.transferred_on'
        else 'proprietorship_statement.added_on' end
from hits
union all
select transaction_id, 'stratum: district', statement_id, 'transaction_statement.district' from recorded
union all
select h.transaction_id, 'stratum: district', t.statement_id, 'title_statement.district'
from hits h
join title t using (title_id)
union all
select transaction_id, 'stratum: kind', statement_id, 'transaction_statement.property_type' from recorded
union all
select transaction_id, 'stratum: tenure', statement_id, 'transaction_statement.tenure' from recorded
union all
select transaction_id, 'stratum: new build', statement_id, 'transaction_statement.is_new_build'
from recorded
union all
select transaction_id, 'category', statement_id, 'transaction_statement.category' from recorded
