-- Parties that may be on a list of sanctions or of politically exposed persons, the weakest likeness first. A
-- person has no score.
select
    s.party_id, s.party_kind, case when s.party_kind = 'entity' then s.score end as score, s.reason,
    coalesce(min(l.listed_name), 'a party without a name') as listed_name,
    coalesce(string_agg(distinct l.list_name, ', ' order by l.list_name), 'a list without a name') as lists
from v_screening s
join v_listing l on l.party_id = s.listed_party_id
where
    s.is_strong
    and l.is_open
    and l.listing_class in ('sanction', 'pep')
    and s.party_id in (select unnest($ids))
group by s.party_id, s.listed_party_id, s.party_kind, s.score, s.reason
order by s.score, s.party_id, s.listed_party_id
