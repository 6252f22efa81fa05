-- Each line counts once, on the party's side. A counterparty that is no known company is summed by its name.
with mine as (
    select
        'received' as direction, payer_id as counterparty_id, payer_name as counterparty_name, f.*
    from flow f
    where f.rowid in (from rows_of('flow.payee_id', [id]))
    union all
    select 'paid', payee_id, payee_name, f.*
    from flow f
    where f.rowid in (from rows_of('flow.payer_id', [id])) and payee_id is distinct from id
)
select
    direction,
    counterparty_id,
    max(counterparty_name) as counterparty_name,
    kind,
    status,
    year(flowed_on) as year_no,
    currency,
    count(*) as lines_n,
    cast(sum(amount) as decimal(18, 2)) as amount,
    min(flowed_on) as first_on,
    max(flowed_on) as last_on
from mine
group by
    direction, counterparty_id, case when counterparty_id is null then counterparty_name end, kind, status,
    year(flowed_on), currency
order by direction desc, year_no, amount desc, counterparty_id, counterparty_name, kind, status, currency
