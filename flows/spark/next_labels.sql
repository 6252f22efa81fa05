-- The smallest label next to each party, or its own; then the label which the party of that name has.
with nearest as (
    select own.id, own.label as before, least(own.label, min(l.label)) as label
    from neighbour n
    join label l on l.id = n.neighbour
    join label own on own.id = n.id
    group by own.id, own.label
)
select n.id, least(n.label, l.label) as label, least(n.label, l.label) < n.before as is_new
from nearest n
join label l on l.id = n.label
