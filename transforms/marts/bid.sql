-- Bids in the editions in force: the newest record of a bid counts, with all its bidders. A bidder is
-- identified by the stated number, whether or not its register is held; else by its exact full name with its
-- legal form, if only one company may have had that name on that day.
with stated as (
    select s.*, e.edition_order, business_name(s.bidder_name) as name_key
    from bid_statement s
    join edition_in_use e using (register, dataset, edition)
    where e.status = 'in_force'
),
newest as (
    select
        *,
        rank() over (
            partition by process_id, bid_no
            order by released_at desc nulls last, edition_order desc, register, dataset, edition, record
        ) as place
    from stated
),
by_name as (
    select s.statement_id, min(n.company_id) as company_id
    from newest s
    left join tender t using (process_id)
    join company_name n
        on n.name_key = s.name_key
        and coalesce(n.valid_from <= coalesce(s.received_at, t.closes_at, s.released_at), true)
        and coalesce(n.valid_to >= coalesce(s.received_at, t.closes_at, s.released_at), true)
    where s.bidder_number is null and s.bidder_kind = 'company' and s.place = 1
    group by s.statement_id
    having count(distinct n.company_id) = 1
)
select
    concat_ws('/', s.process_id, s.bid_no) as bid_id,
    s.position,
    s.process_id,
    t.buyer_id,
    case
        when s.bidder_number is not null then concat_ws('-', s.bidder_scheme, s.bidder_number)
        else n.company_id
    end as bidder_id,
    s.bidder_kind,
    s.bidder_name,
    s.bidder_ref,
    s.partners_n,
    s.status,
    s.amount,
    s.currency,
    s.received_at,
    case
        when s.bidder_number is not null then 'number'
        when n.company_id is not null then 'full_name'
    end as method,
    r.territory,
    s.register,
    s.dataset,
    s.edition,
    s.record,
    s.statement_id
from newest s
left join by_name n using (statement_id)
left join tender t using (process_id)
left join (select distinct register, territory from register_role) r on r.register = s.register
where s.place = 1
