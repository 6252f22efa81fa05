-- The least certain pairs: the likeliest of those kept apart, then the least likely of those joined.
-- Scores of persons and of entities have two scales, so each kind has its own order, and the two take turns.
with pair as ({pairs}),
placed as (
    select
        *,
        row_number() over (
            partition by outcome = 'joined', starts_with(party_id, 'UT-P-')
            order by if(outcome = 'joined', score, -score), register, record, other_register, other_record
        ) as place
    from pair
)
(
    select * exclude (place)
    from placed
    where outcome <> 'joined'
    order by place, score desc, register, record, other_register, other_record
    limit $apart_n
)
union all
(
    select * exclude (place)
    from placed
    where outcome = 'joined'
    order by place, score, register, record, other_register, other_record
    limit $joined_n
)
