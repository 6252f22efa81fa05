-- Parties that may be on a sanctions list: strong candidates of screening.
select party_id as subject_id
from listed_party
where listing_class = 'sanction' and is_candidate
