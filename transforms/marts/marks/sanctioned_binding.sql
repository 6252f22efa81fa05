-- Parties on a sanctions list of a regime that binds this authority.
select distinct party_id as subject_id
from listing
where is_open and is_binding and listing_class = 'sanction'
