select title_id as subject_id, 'sum secured' as role, charge_statement_id as statement_id,
    'charge_statement.amount_secured' as field
from secured
where amount_secured is not null
union
select title_id, 'price paid', title_statement_id, 'title_statement.price_paid_gbp'
from secured
where price_gbp is not null
union
select title_id, 'proprietor added', statement_id, 'proprietorship_statement.added_on'
from secured
where added_on is not null
order by subject_id, role, statement_id, field
