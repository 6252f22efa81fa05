-- Legal entities that may be on such a list: candidates that agree in registration number and country. Two
-- persons may share a name and a month of birth.
select distinct s.party_id as subject_id
from screening s
join listing l on l.party_id = s.listed_party_id
where s.is_strong and s.party_kind = 'entity'
    and l.is_open and l.is_binding and l.listing_class = 'sanction'
