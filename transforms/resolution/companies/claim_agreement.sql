-- How well each name agrees with the number stated with it: the best over the known names, and whether a
-- register confirms it. If too many names state a number, only the name in its register is evidence. A number
-- that looks made up (1, 02345678) or is not yet issued counts only if a register held has it.
create or replace temp table claim_agreement as
with shared as (
    select org_id
    from claim_similarity
    group by org_id
    having count(distinct coalesce(name_key, '')) > {names_max}
)
select
    c.org_id,
    c.name_key,
    max(
        case
            when s.org_id is not null and not (c.verified and c.name_key = c.known_key) then 0.0
            when c.is_nobodys and not c.verified then 0.0
            else c.similarity
        end
    ) as similarity,
    bool_or(c.verified) as verified
from claim_similarity c
left join shared s using (org_id)
group by c.org_id, c.name_key
