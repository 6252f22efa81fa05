-- Payments in which patterns are searched: transfers, loans, sales and payments made, between two known
-- parties. Neither is a public body, an exempt party, a bank or another conduit, or the paying authority.
-- Rent, fees and wages are not hops, but earlier dealings.
with barred as (
    select entity_id as party_id from exempt
    union
    select account_id from account where is_conduit
    union
    select entity_id from entity where entity_type in ('state', 'stateBody')
)
select
    f.flow_id,
    -- Wages, bonuses and pensions, by their ISO 20022 purpose code.
    case
        when f.kind = 'transfer' and f.purpose in ('SALA', 'BONU', 'PENS', 'PAYR') then 'wage' else f.kind
    end as kind,
    f.payer_id,
    f.payee_id,
    f.flowed_on,
    f.amount,
    f.currency,
    f.amount_eur,
    coalesce(f.received, f.amount) as received,
    coalesce(f.received_currency, f.currency) as received_currency,
    case when f.received is null then f.amount_eur else f.received_eur end as received_eur,
    -- An account whose holder may be a natural person.
    f.payer_kind = 'unclassified' and f.payer_id = f.payer_account as payer_is_private,
    f.payee_kind = 'unclassified' and f.payee_id = f.payee_account as payee_is_private
from flow f
where f.kind in ('transfer', 'loan', 'sale', 'payment', 'rent', 'fee')
    and f.status = 'paid'
    and f.payer_id is not null
    and f.payee_id is not null
    and f.payer_id not like 'body:%'
    and f.payer_kind not in ('public', 'conduit')
    and f.payee_kind not in ('public', 'conduit')
    and f.payer_id not in (select party_id from barred)
    and f.payee_id not in (select party_id from barred)
    and (f.payer_account is null or f.payer_account not in (select party_id from barred))
    and (f.payee_account is null or f.payee_account not in (select party_id from barred))
order by f.flow_id
