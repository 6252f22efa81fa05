-- Whether the pairs of `shared` with two ids merged, split or moved. These are CTEs with which other queries
-- begin.
came as (
    select party_id, count(*) as n from shared group by party_id
),
went as (
    select previous_party_id, count(*) as n from shared group by previous_party_id
),
kind as (
    select
        s.previous_party_id,
        s.party_id,
        case
            when c.n > 1 and w.n > 1 then 'moved'
            when c.n > 1 then 'merged'
            when w.n > 1 then 'split'
            else 'renamed'
        end as change
    from shared s
    join came c using (party_id)
    join went w using (previous_party_id)
    where s.party_id <> s.previous_party_id
)
