-- Payments of these parties to and from known parties: one row for each pair, day, kind and currency, net of
-- credits and without cancelled payments, in order of time. `id` is the party of $ids; with both in $ids
-- there are two rows. Public bodies and conduits are marked (`…_apart`), because money does not go through
-- them.
with lines as (
    select payer_id as id, f.*
    from flow f
    where payee_id is not null and rowid in (from rows_of('flow.payer_id', $ids))
    union all
    select payee_id, f.*
    from flow f
    where payer_id is not null and rowid in (from rows_of('flow.payee_id', $ids))
)
select
    id, flowed_on, payer_id, payee_id, max(payer_name) as payer_name, max(payee_name) as payee_name,
    max(case when payer_kind in ('public', 'conduit') then payer_id end) as payer_apart,
    max(case when payee_kind in ('public', 'conduit') then payee_id end) as payee_apart,
    kind, currency,
    cast(sum(amount) as decimal(18, 2)) as amount,
    count(*) as lines_n,
    min(register) as register,
    min(record) as record
from lines
where status = 'paid' and payer_id <> payee_id and cancels is null and cancelled_by is null
group by id, flowed_on, payer_id, payee_id, kind, currency
having sum(amount) > 0
order by flowed_on, payer_id like 'body:%' desc, payer_id, payee_id, kind, currency, id
