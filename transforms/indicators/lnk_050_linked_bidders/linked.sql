-- Bidders with what they share; a public owner links none, because it has many suppliers.
select r.*, g.link, g.rank_no, g.shared
from bid_pair r
join bidder_tie g on g.company_id = r.bidder_id
join bidder_tie h on h.company_id = r.other_id and h.link = g.link and h.shared = g.shared
where coalesce(g.from_on <= r.bid_on and h.from_on <= r.bid_on, true)
    and coalesce(g.to_on >= r.bid_on, true)
    and coalesce(h.to_on >= r.bid_on, true)
    and g.shared not in (
        select control_group_id
        from graph_control_group
        where controller_id in (select entity_id from exempt)
    )
