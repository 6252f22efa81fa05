-- How well each claim agrees with its number, and whose it is if it does not. anchor_no: the earliest record
-- of the same party. The locator of an owner or an arrangement always means the same party. That of a
-- proprietor may pass to another party, and a proprietor may get another position on the title, so the title
-- and the name identify it. If several registers have parties from one record of the registrar, linked_id is
-- the number that agrees with the name in one of them (if there is exactly one), and anchor_no the earliest
-- of those without a number.
create or replace temp table claim_placed as
with agreed as (
    select
        c.*,
        coalesce(case when r.n > 1 then c.link end, c.officer_number) as registrar,
        case
            when c.role = 'proprietor' and c.name_key is not null
                then concat_ws('|', regexp_replace(c.record, ' [0-9]+$', ''), c.name_key)
            else concat_ws('|', c.record, c.part)
        end as locator,
        a.similarity,
        case
            when coalesce(a.similarity, 0.0) < {agreement_min} then 'record'
            when a.verified then 'identifier_and_name'
            else 'identifier_unverified'
        end as method
    from claim_record c
    left join claim_agreement a on a.org_id = c.org_id and a.name_key is not distinct from c.name_key
    cross join (select count(distinct register) as n from claim_record where link is not null) r
),
earliest as (
    select register, dataset, locator, min(row_no) as anchor_no
    from agreed
    group by register, dataset, locator
),
anchored as (
    select a.*, e.anchor_no from agreed a join earliest e using (register, dataset, locator)
),
linked as (
    select
        registrar,
        part,
        count(distinct org_id) filter (method <> 'record') = 1 as is_known,
        min(org_id) filter (method <> 'record') as linked_id,
        min(method) filter (method <> 'record') as linked_method,
        max(similarity) filter (method <> 'record') as linked_score,
        min(anchor_no) filter (method = 'record') as anchor_no
    from anchored
    where registrar is not null
    group by registrar, part
)
select
    a.row_no,
    a.org_id,
    a.is_nobodys,
    a.method,
    a.similarity,
    case when l.is_known then l.linked_id end as linked_id,
    case when l.is_known then l.linked_method end as linked_method,
    case when l.is_known then l.linked_score end as linked_score,
    case when a.method = 'record' then coalesce(l.anchor_no, a.anchor_no) else a.anchor_no end as anchor_no
from anchored a
left join linked l using (registrar, part)
