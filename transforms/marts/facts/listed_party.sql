select distinct party_id, listing_class, false as is_candidate
from listing
where is_open
union all
select distinct s.party_id, l.listing_class, true
from screening s
join listing l on l.party_id = s.listed_party_id
where s.is_strong
    and l.is_open
    and not exists (
        select 1
        from listing o
        where o.party_id = s.party_id and o.is_open and o.listing_class = l.listing_class
    )
