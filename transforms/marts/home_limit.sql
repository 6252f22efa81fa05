-- The authority's own limit for orders without quotations or a second signature: for the payer that bears its
-- name, or for the only payer held, in the currency of most of its payments.
with payers as (
    select payer_id, max(payer_name) as payer_name
    from flow
    where kind = 'payment'
    group by payer_id
),
currencies as (
    select
        payer_id,
        currency,
        row_number() over (partition by payer_id order by count(*) desc, currency) as nth
    from flow
    where kind = 'payment'
    group by payer_id, currency
)
select p.payer_id, c.currency, cast(l.approval_limit as decimal(18, 2)) as approval_limit
from payers p
join currencies c on c.payer_id = p.payer_id and c.nth = 1
cross join home_limit_list l
where (select count(*) from payers) = 1
    or regexp_replace(lower(l.name), '[^a-z0-9]', '', 'g') in (
        regexp_replace(lower(coalesce(p.payer_name, '')), '[^a-z0-9]', '', 'g'),
        regexp_replace(lower(replace(p.payer_id, 'body:', '')), '[^a-z0-9]', '', 'g')
    )
