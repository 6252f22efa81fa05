-- How well each name agrees with the number it is stated with: the best over the known names, and whether a
-- register says so. A number that too many names state is only evidence of the name that its register gives
-- it. A number that anybody writes, such as 1 or 02345678, or that no register has come to yet, says nothing
-- unless a register held has it.
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
