select title_id as subject_id, 'sum secured' as role, charge_statement_id as statement_id,
    'charge_statement.amount_secured' as field
from secured
where amount_secured is not null
union
select
    title_id, 'price paid', title_statement_id,
    case priced_in when 'EUR' then 'title_statement.price_paid_eur' else 'title_statement.price_paid_gbp' end
from secured
where price is not null
union
select title_id, 'value that the municipality determined', value_statement_id, 'valuation_statement.value_eur'
from secured
where price is not null and value_statement_id is not null
union
select title_id, 'proprietor added', statement_id, 'proprietorship_statement.added_on'
from secured
where added_on is not null
