-- What public bodies paid or granted a company, and the first and the last possible day. A subsidy counts in
-- its first year, because the registers state no day.
select
    payee_id, 'payment' as kind, amount, currency, flowed_on as from_on, flowed_on as until_on, statement_id,
    'flow_statement.amount' as field, false as is_for_property
from flow
where kind = 'payment'
    and status = 'paid'
    and payee_kind in ('company', 'unclassified')
    and payee_id is not null
    and flowed_on <= $as_of
union all
select
    payee_id, 'subsidy', coalesce(settled, granted), currency, make_date(first_year, 1, 1),
    make_date(first_year, 12, 31), statement_id,
    case when settled is null then 'subsidy_statement.granted' else 'subsidy_statement.settled' end,
    regexp_matches(
        lower(concat_ws(' ', scheme, purpose)),
        'buy|purchas|acqui|build|construct|aankoop|verwerv|\b(nieuw|ver)?bouw|achat'
    )
from subsidy
where state in ('granted', 'settled')
    and coalesce(settled, granted) > 0
    and payee_kind in ('company', 'unclassified')
    and payee_id is not null
    and first_year <= year($as_of)
