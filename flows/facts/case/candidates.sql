-- Parties that may be on a list of sanctions or of politically exposed persons, the weakest match first.
-- Persons have no score.
with likely as (
    select * from v_screening where is_strong and party_id in (select unnest($ids))
)
select
    s.party_id, s.party_kind, case when s.party_kind = 'entity' then s.score end as score, s.reason,
    coalesce(min(l.listed_name), 'a party without a name') as listed_name,
    coalesce(string_agg(distinct l.list_name, ', ' order by l.list_name), 'a list without a name') as lists
from likely s
join (
    from v_listing where party_id in (select unnest((select list(listed_party_id) from likely)))
) l on l.party_id = s.listed_party_id
where l.is_open and l.listing_class in ('sanction', 'pep')
group by s.party_id, s.listed_party_id, s.party_kind, s.score, s.reason
order by s.score, s.party_id, s.listed_party_id
