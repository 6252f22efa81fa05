-- Contracting processes, by the tender's title; one without a title by its buyer.
with process as (
    select process_id, territory from tender
    union
    select process_id, territory from award
    union
    select process_id, territory from bid
)
select
    p.process_id as subject_id,
    coalesce(min(t.title), min(t.buyer_name), p.process_id) as subject_name,
    cast(null as varchar) as area_name,
    cast(null as varchar) as area_code,
    min(p.territory) as territory,
    false as is_private
from process p
left join tender t using (process_id)
group by p.process_id
