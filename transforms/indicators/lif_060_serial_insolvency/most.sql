-- For each party, the period with the most insolvencies; if several, the last. Those without a day may be in
-- any period.
with counted as (
    select
        a.party_id,
        a.insolvent_on as from_on,
        max(b.insolvent_on) as to_on,
        count(distinct b.company_id) as insolvent_n
    from insolvency_of a
    join insolvency_of b
        on b.party_id = a.party_id
        and b.insolvent_on >= a.insolvent_on
        and date_diff('day', a.insolvent_on, b.insolvent_on) <= $days
    group by a.party_id, a.insolvent_on
),
ranked as (
    select
        *,
        row_number() over (partition by party_id order by insolvent_n desc, from_on desc) as best
    from counted
),
undated as (
    select party_id, count(distinct company_id) as undated_n, max(reason) as reason
    from insolvency_of
    where insolvent_on is null
    group by party_id
)
select
    coalesce(r.party_id, u.party_id) as party_id,
    r.from_on,
    r.to_on,
    coalesce(r.insolvent_n, 0) as insolvent_n,
    coalesce(u.undated_n, 0) as undated_n,
    u.reason
from (select * from ranked where best = 1) r
full join undated u on u.party_id = r.party_id
