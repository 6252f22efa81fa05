select p.*, e.edition_date as titles_on
from proprietorship p
-- Several data sets may have an edition of one day: answers about parcels, each asked for by itself.
left join (select distinct register, edition, edition_date from edition_in_use) e
    on e.register = p.register and e.edition = p.edition
where p.ended_on is null
