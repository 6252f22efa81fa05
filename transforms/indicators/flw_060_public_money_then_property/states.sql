with receivers as (
    select
        f.payee_id, f.currency,
        min(f.flowed_on) filter (where f.amount > 0) as first_on
    from flow f
    join company c on c.company_id = f.payee_id
    left join (select distinct entity_id from exempt) x on x.entity_id = f.payee_id
    where f.kind in ('payment', 'subsidy')
        and f.status = 'paid'
        and f.payee_kind = 'company'
        and f.flowed_on <= $as_of
        and x.entity_id is null
    group by f.payee_id, f.currency
),
bought as (
    select
        r.payee_id, r.currency, r.first_on,
        p.title_id, p.party_id as buyer_id, p.proprietor_name as buyer_name, p.added_on,
        t.price_paid_gbp as price
    from receivers r
    join beside b on b.company_id = r.payee_id
    join proprietorship p on p.party_id = b.buyer_id
    join title t using (title_id)
    where p.added_on >= r.first_on and p.added_on <= $as_of
),
-- Money of the `days` before the purchase. A subsidy for buying or building is meant for it.
summed as (
    select
        w.payee_id, w.currency, w.first_on, w.title_id, w.buyer_id, w.buyer_name, w.added_on, w.price,
        sum(f.amount) filter (where f.kind = 'payment') as paid,
        sum(f.amount) filter (where f.kind = 'subsidy') as granted
    from bought w
    join flow f
        on f.payee_id = w.payee_id
        and f.currency = w.currency
        and f.status = 'paid'
        and date_diff('day', f.flowed_on, w.added_on) between 0 and $days
        and (
            f.kind = 'payment'
            or (
                f.kind = 'subsidy'
                and not regexp_matches(lower(coalesce(f.purpose, '')), 'buy|purchas|acqui|build|construct')
            )
        )
    group by
        w.payee_id, w.currency, w.first_on, w.title_id, w.buyer_id, w.buyer_name, w.added_on, w.price
),
counted as (
    select
        s.*,
        c.incorporated_on,
        case
            when coalesce(s.granted, 0) >= $granted then s.granted
            when coalesce(s.paid, 0) >= $paid
                and date_diff('day', c.incorporated_on, s.first_on) <= 365 * $years then s.paid
        end as received,
        coalesce(s.paid, 0) >= $paid and c.incorporated_on is null as is_undated
    from summed s
    join company c on c.company_id = s.payee_id
),
outcomes as (
    select
        *,
        cast(100 * price / nullif(received, 0) as double) as share,
        case
            when received is null and is_undated then 'no_incorporation_date'
            when received is null then 'miss'
            when price is null then 'no_price'
            when price * 2 >= received then 'hit'
            else 'miss'
        end as outcome
    from counted
),
ranked as (
    select
        *,
        row_number() over (
            partition by payee_id
            order by
                case outcome when 'hit' then 0 when 'miss' then 2 else 1 end,
                added_on,
                title_id,
                buyer_id,
                currency
        ) as first_row
    from outcomes
),
judged as (
    select
        r.payee_id, k.outcome, k.share, k.received, k.currency,
        k.added_on, k.buyer_name, k.title_id, k.price
    from (select distinct payee_id from receivers) r
    left join ranked k on k.payee_id = r.payee_id and k.first_row = 1
)
select
    payee_id as subject_id,
    case
        when outcome = 'hit' then 'flagged'
        when coalesce(outcome, 'miss') = 'miss' then 'not_flagged'
        else 'not_assessable'
    end as state,
    case when outcome not in ('hit', 'miss') then outcome end as reason,
    cast(null as varchar) as subtype,
    case when outcome = 'hit' then share end as value,
    'per cent' as unit,
    cast(50 as double) as threshold,
    cast(null as bigint) as peer_n,
    thousands(cast(floor(received) as bigint)) as received,
    currency,
    added_on,
    buyer_name,
    title_id,
    thousands(cast(floor(price) as bigint)) as price
from judged
