with receivers as (
    select distinct r.payee_id
    from received r
    join company c on c.company_id = r.payee_id
    left join exempt x on x.entity_id = r.payee_id
    where x.entity_id is null
),
judged as (
    select
        r.payee_id, k.outcome, cast(100 * k.price / nullif(k.received, 0) as double) as share, k.received,
        k.is_of_group, k.currency, k.added_on, k.buyer_name, k.title_id, k.price
    from receivers r
    left join bought k on k.payee_id = r.payee_id and k.nth = 1
)
select
    payee_id as subject_id,
    state_of(coalesce(outcome, 'miss')) as state,
    reason_of(outcome) as reason,
    case when outcome = 'hit' then share end as value,
    'per cent' as unit,
    50 as threshold,
    case when is_of_group then 'the control group of ' else '' end as group_words,
    thousands(received) as received,
    currency,
    added_on,
    buyer_name,
    title_id,
    thousands(price) as price
from judged
