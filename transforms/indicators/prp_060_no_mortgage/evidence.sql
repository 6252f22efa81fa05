with hits as (
    select j.*
    from judged j
    where j.outcome = 'hit'
        and not exists (select 1 from judged o where o.title_id = j.title_id and o.outcome <> 'hit')
)
select
    title_id as subject_id, 'price paid' as role, title_statement_id as statement_id,
    'title_statement.price_paid_gbp' as field
from hits
union all
select title_id, 'district', title_statement_id, 'title_statement.district' from hits
union all
select title_id, 'proprietor added', statement_id, 'proprietorship_statement.added_on' from hits
union all
select title_id, 'charges of the proprietor', company_statement_id, 'entity_statement.charges_n' from hits
