-- All parties with a label take the smallest label of any neighbour, then the label that this label has
-- taken.
with hooked as (
    select own.label as id, least(own.label, min(l.label)) as label
    from neighbour n
    join label own on own.id = n.id
    join label l on l.id = n.neighbour
    group by own.label
),
named as (
    select own.id, own.label as before, h.label
    from label own
    join hooked h on h.id = own.label
)
select n.id, least(n.label, namesake.label) as label, least(n.label, namesake.label) < n.before as is_new
from named n
join named namesake on namesake.id = n.label
