-- Parties on a sanctions list.
select party_id as subject_id
from listed_party
where listing_class = 'sanction' and not is_candidate
