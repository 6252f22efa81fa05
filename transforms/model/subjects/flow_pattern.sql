-- A pattern is named by its kind, the party with which it begins and its first day. A party that is not a
-- legal entity in a register is named by the end of its account's id. The pattern's district is that party's.
select
    p.pattern_id as subject_id,
    concat_ws(
        '',
        case p.kind
            when 'round_trip' then 'round trip from '
            when 'ordered' then 'cycle from '
            when 'windowed' then 'cycle from '
            when 'return' then 'return to '
            when 'scatter_gather' then 'scatter-gather from '
            when 'gather_scatter' then 'gather-scatter through '
            when 'fan_out' then 'fan from '
            when 'fan_in' then 'fan to '
            else 'pass-through by '
        end,
        coalesce(e.name, concat_ws(' … ', 'account', right(p.party_id, 6))),
        ', ',
        cast(p.first_on as varchar)
    ) as subject_name,
    c.area_name,
    c.area_code,
    'elsewhere' as territory,
    p.is_private
from flow_pattern p
left join entity e on e.entity_id = p.party_id
left join company c on c.company_id = p.party_id
