-- The keys of each profile's blocks. A block is used if several parties-to-be share it, and not too many
-- profiles.
create or replace temp table person_blocked as
with keyed as (
    select unique_id, anchor_no, {keys} from person_stated
),
member as materialized (
    select block, hash(block, text) as key, unique_id, anchor_no
    from (unpivot keyed on columns(* exclude (unique_id, anchor_no)) into name block value text)
),
used as (
    select key
    from member
    group by key
    having count(*) between 2 and {block_max} and min(anchor_no) <> max(anchor_no)
)
select unique_id, {pivoted}
from member
semi join used using (key)
group by unique_id
