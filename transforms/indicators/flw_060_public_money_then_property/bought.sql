-- Titles that a company or a member of its group bought after receiving public money, with that money in the
-- `days` days before: `received` was certainly received in that time, `most` possibly, because for a subsidy
-- only the year is known. A subsidy for buying or building is meant for that and does not count.
with every_receiver as (
    select
        payee_id, kind, currency,
        case kind when 'subsidy' then $granted else $paid end as needed,
        min(from_on) filter (where amount > 0) as first_on,
        sum(amount) filter (where amount > 0) as most_ever
    from received
    group by payee_id, kind, currency
),
-- Filter first, because most paid companies are older or were paid less, and a large group has millions of
-- purchases.
receivers as (
    select r.payee_id, r.kind, r.currency, r.needed, r.first_on, c.incorporated_on
    from every_receiver r
    join company c on c.company_id = r.payee_id
    left join exempt x on x.entity_id = r.payee_id
    where x.entity_id is null
        and r.most_ever >= r.needed
        and (
            r.kind = 'subsidy'
            or c.incorporated_on is null
            or r.first_on <= c.incorporated_on + to_years(cast($years as integer))
        )
),
-- Companies are looked up before their titles, because few were paid or are in the group of one that was.
acquired as materialized (
    select title_id, party_id, proprietor_name, added_on, ended_on, statement_id
    from proprietorship
    where added_on <= $as_of and party_id in (select distinct buyer_id from beside)
),
purchases as (
    select
        r.*, p.title_id, p.party_id as buyer_id, p.proprietor_name as buyer_name, p.added_on, p.ended_on,
        p.statement_id
    from receivers r
    join beside b on b.company_id = r.payee_id
    join acquired p on p.party_id = b.buyer_id
    where p.added_on >= r.first_on
),
-- The public money before the day of each purchase.
sums as (
    select
        w.payee_id, w.kind, w.currency, w.added_on,
        sum(r.amount) filter (
            where date_diff('day', r.from_on, w.added_on) <= $days and r.until_on <= w.added_on
        ) as received,
        bool_or(r.receiver_id <> r.payee_id) filter (
            where date_diff('day', r.from_on, w.added_on) <= $days and r.until_on <= w.added_on
        ) as is_of_group,
        sum(r.amount) as most
    from (select distinct payee_id, kind, currency, needed, added_on from purchases) w
    join received r
        on r.payee_id = w.payee_id
        and r.kind = w.kind
        and r.currency = w.currency
        and not r.is_for_property
        and r.from_on <= w.added_on
        and date_diff('day', r.until_on, w.added_on) <= $days
    group by w.payee_id, w.kind, w.currency, w.added_on, w.needed
    having sum(r.amount) >= w.needed
),
priced as (
    select
        p.*, s.received, s.is_of_group, s.most, t.statement_id as title_statement_id,
        -- The price on a title is that of its present proprietors.
        case
            when p.ended_on is null
                and (t.price_paid_gbp is not null or not coalesce(t.price_covers_several, false))
                then coalesce(t.price_paid_gbp, t.price_paid_eur)
        end as price,
        case when t.price_paid_gbp is null then 'EUR' else 'GBP' end as priced_in
    from purchases p
    join sums s using (payee_id, kind, currency, added_on)
    join title t using (title_id)
),
judged as (
    select
        *,
        case
            when kind = 'payment' and incorporated_on is null then 'no_incorporation_date'
            when price is null then 'no_price'
            when priced_in <> currency then 'other_currency'
            when price * 2 < greatest(received, needed) then 'miss'
            when received >= needed and price * 2 >= most then 'hit'
            else 'subsidy_day_not_known'
        end as outcome
    from priced
),
ranked as (
    select
        *,
        row_number() over (
            partition by payee_id
            order by case outcome when 'hit' then 0 else 1 end, added_on, title_id, buyer_id, kind, currency
        ) as nth
    from judged
    where outcome <> 'miss'
)
-- At most twenty purchases as evidence.
select * from ranked where nth <= 20
