-- Invoices just below the limit, from one supplier for one expense type or cost centre, that come together
-- within `days`: one row for each invoice of such a set, under the first day of the set.
with
-- Contracts of the supplier with this payer: by the buyer's id, or by its name.
contract as (
    select distinct a.supplier_id, p.payer_id, a.awarded_on
    from award a
    join tender t using (process_id)
    join (
        select payer_id, max(payer_name) as payer_name from flow where kind = 'payment' group by payer_id
    ) p
        on p.payer_id = t.buyer_id
        or regexp_replace(lower(p.payer_name), '[^a-z0-9]', '', 'g')
            = regexp_replace(lower(t.buyer_name), '[^a-z0-9]', '', 'g')
    where a.supplier_id is not null and a.awarded_on is not null and a.status = 'active'
),
-- Prices set by others, money that is passed on, and calls on a contract.
not_free as (
    select p.words
    from (
        select distinct spaced_words(concat_ws(' ', purpose, category)) as words
        from flow
        where kind = 'payment'
    ) p
    join purpose_word w on w.kind = 'price_not_free' and p.words like w.pattern
),
invoice as (
    select
        f.payer_id, f.payee_id, f.currency, f.flowed_on,
        coalesce(f.invoice, f.flow_id) as invoice,
        case when count(distinct f.purpose) = 1 then min(f.purpose) end as purpose,
        case when count(distinct f.category) = 1 then min(f.category) end as category,
        sum(f.amount) as amount,
        min(f.statement_id) as statement_id
    from flow f
    join home_limit l on l.payer_id = f.payer_id and l.currency = f.currency
    where f.kind = 'payment'
        and f.status = 'paid'
        and f.payee_kind in ('company', 'unclassified')
        and f.payee_id is not null
        and f.flowed_on <= $as_of
        and f.amount > 0
        and f.cancelled_by is null
        and spaced_words(concat_ws(' ', f.purpose, f.category)) not in (select words from not_free)
        and not exists (
            select 1
            from purpose_word w
            where w.kind = 'supplier_price_not_free' and spaced_words(f.payee_name) like w.pattern
        )
        and not exists (
            select 1 from contract c
            where c.supplier_id = f.payee_id
                and c.payer_id = f.payer_id
                and date_diff('day', c.awarded_on, f.flowed_on) between 0 and 365 * $years
        )
    group by f.payer_id, f.payee_id, f.currency, f.flowed_on, coalesce(f.invoice, f.flow_id)
),
typed as (
    select *, 'expense type' as kind_of, purpose as what from invoice where purpose is not null
    union all
    select *, 'cost centre', category from invoice where category is not null
),
banded as (
    select
        t.*,
        l.approval_limit,
        t.amount < l.approval_limit as is_below
    from typed t
    join home_limit l on l.payer_id = t.payer_id and l.currency = t.currency
    where t.amount * 10 >= l.approval_limit * 9 and t.amount * 10 < l.approval_limit * 11
),
-- Equal amounts at regular intervals of weeks or months: the number of days between them hardly differs.
days_of as (
    select distinct payer_id, payee_id, currency, kind_of, what, amount, flowed_on from banded
),
gaps as (
    select
        *,
        date_diff('day', lag(flowed_on) over (
            partition by payer_id, payee_id, currency, kind_of, what, amount order by flowed_on
        ), flowed_on) as before_days,
        date_diff('day', flowed_on, lead(flowed_on) over (
            partition by payer_id, payee_id, currency, kind_of, what, amount order by flowed_on
        )) as after_days
    from days_of
),
middles as (
    select *, before_days >= 6 and after_days >= 6 and abs(before_days - after_days) <= 4 as is_middle
    from gaps
),
irregular as (
    select
        *,
        not coalesce(is_middle, false)
        and not coalesce(lag(is_middle) over (
            partition by payer_id, payee_id, currency, kind_of, what, amount order by flowed_on
        ), false)
        and not coalesce(lead(is_middle) over (
            partition by payer_id, payee_id, currency, kind_of, what, amount order by flowed_on
        ), false) as counts
    from middles
),
counted as (
    select b.*
    from banded b
    join irregular i using (payer_id, payee_id, currency, kind_of, what, amount, flowed_on)
    where i.counts
),
near as (
    select * from counted where is_below
),
begins as (
    select distinct payer_id, payee_id, currency, kind_of, what, approval_limit, flowed_on as first_on
    from near
),
sets as (
    select
        b.payer_id, b.payee_id, b.currency, b.kind_of, b.what, b.first_on, b.approval_limit,
        count(*) as invoices_n,
        sum(n.amount) as together,
        max(n.flowed_on) as last_on
    from begins b
    join near n using (payer_id, payee_id, currency, kind_of, what)
    where date_diff('day', b.first_on, n.flowed_on) between 0 and $days
    group by b.payer_id, b.payee_id, b.currency, b.kind_of, b.what, b.first_on, b.approval_limit
    having count(*) >= $n and sum(n.amount) >= 2 * b.approval_limit
),
-- Invoices just below and just above the limit in the twelve months up to the last invoice.
sides as (
    select
        s.payer_id, s.payee_id, s.currency, s.kind_of, s.what, s.first_on,
        count(*) filter (where not b.is_below) as above_n,
        count(*) filter (where b.is_below) as below_n
    from sets s
    join counted b using (payer_id, payee_id, currency, kind_of, what)
    where date_diff('day', b.flowed_on, s.last_on) between 0 and 365
    group by s.payer_id, s.payee_id, s.currency, s.kind_of, s.what, s.first_on
)
select s.*, n.flowed_on, n.invoice, n.statement_id, n.amount
from sets s
join sides x using (payer_id, payee_id, currency, kind_of, what, first_on)
join near n using (payer_id, payee_id, currency, kind_of, what)
where x.below_n >= 3 * x.above_n
    and date_diff('day', s.first_on, n.flowed_on) between 0 and $days
