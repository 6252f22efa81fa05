-- Every party with the number of its component, and the size of the component in parties and interests.
-- Components are numbered by their smallest ids; a party without interests is a component.
with named as (
    select n.party_id, coalesce(l.label, n.party_id) as label
    from node n
    left join label l on l.id = n.party_id
),
numbered as (
    select label, count(*) as nodes_n, row_number() over (order by label) - 1 as component_no
    from named
    group by label
),
sized as (
    select n.label, count(*) as edges_n
    from edge e
    join named n on n.party_id = e.subject_id
    group by n.label
)
select
    n.party_id,
    cast(c.component_no as bigint) as component_no,
    c.nodes_n + coalesce(s.edges_n, 0) as size_n
from named n
join numbered c on c.label = n.label
left join sized s on s.label = n.label
