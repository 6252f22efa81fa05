-- The figures in which the procurement indicators look for outliers, computed as in Cardinal of the Open
-- Contracting Partnership: bidders and buyers with at least two submitted bids, and the first two digits of
-- the codes of what was bought.
with submitted as (
    select *, coalesce(bidder_id, bidder_ref) as bidder_key
    from bid
    where status in ('pending', 'valid', 'disqualified')
),
entered as (
    select distinct b.process_id, b.bidder_key, b.bidder_ref = o.winner_ref as is_won
    from submitted b
    join process_outcome o using (process_id)
    where b.status = 'valid'
        and b.partners_n = 1
        and b.bidder_key is not null
        and o.undecided_n = 0
        and o.active_n = 1
        and o.suppliers_n = 1
),
of_bidder as (
    select
        bidder_key,
        count(distinct process_id) as entered_n,
        count(distinct process_id) filter (where is_won) as won_n
    from entered
    group by bidder_key
),
of_buyer as (
    select
        buyer_id,
        count(distinct bid_id) as bids_n,
        count(distinct bid_id) filter (where status = 'disqualified') as refused_n
    from submitted
    where buyer_id is not null
    group by buyer_id
),
refused as (
    select
        bidder_key,
        count(distinct bid_id) as bids_n,
        count(distinct bid_id) filter (where status = 'disqualified') as refused_n
    from submitted
    where bidder_key is not null
    group by bidder_key
),
supplied as (
    select coalesce(supplier_id, supplier_ref) as supplier_key, left(c.code, 2) as division
    from award, unnest(item_codes) as c(code)
    where status = 'active' and suppliers_n = 1 and coalesce(supplier_id, supplier_ref) is not null
)
select 'price_gap' as measure, process_id as subject_id, gap as value, 1 as counted_n from price_gap
union all
select 'processes_entered', bidder_key, cast(entered_n as double), entered_n from of_bidder
union all
select 'share_won', bidder_key, cast(won_n as double) / nullif(entered_n, 0), entered_n from of_bidder
union all
select 'refused_by_buyer', buyer_id, cast(refused_n as double) / nullif(bids_n, 0), bids_n
from of_buyer
where bids_n >= 2
union all
select 'refused_of_bidder', bidder_key, cast(refused_n as double) / nullif(bids_n, 0), bids_n
from refused
where bids_n >= 2
union all
select 'divisions', supplier_key, cast(count(distinct division) as double), count(*)
from supplied
group by supplier_key
