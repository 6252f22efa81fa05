-- Proprietors in all editions: still on the title, or ended on the day on which a file of changes deleted the
-- record, else with the first complete edition without them.
with party as (
    select statement_id, party_id, method
    from resolution
    where statement_id in (select party_statement_id from proprietorship_statement)
),
-- The columns that distinguish holdings, without those that are only shown, because a country has millions.
shown as (
    select
        p.statement_id,
        p.party_statement_id,
        p.title_id,
        r.party_id,
        r.method,
        p.removed_on,
        p.register,
        p.dataset,
        p.edition,
        e.edition_order,
        e.status,
        row_number() over (
            partition by p.title_id, r.party_id, p.added_on, p.right_id, p.joint_share_id
            order by
                (e.status = 'in_force') desc,
                e.edition_order desc,
                (p.removed_on is null) desc,
                p.statement_id
        ) as newest
    from proprietorship_statement p
    join edition_in_use e using (register, dataset, edition)
    join party r on r.statement_id = p.party_statement_id
),
named as (
    select statement_id, name, identifier_native
    from entity_statement
    where statement_id in (select party_statement_id from proprietorship_statement)
),
-- Titles that differ from the edition in force, and the names of their holders.
changed as (
    select s.*, n.name as proprietor_name, regexp_extract(s.title_id, '[^-]+$') as title_number
    from shown s
    join named n on n.statement_id = s.party_statement_id
    where s.title_id in (
        select title_id from shown where newest = 1 and (status <> 'in_force' or removed_on is not null)
    )
),
-- Holdings that are not in the edition in force.
gone as (
    select * from changed where newest = 1 and status <> 'in_force'
),
-- Complete editions after the last one that shows a holding. An edition that rejected the title's record
-- proves nothing about it.
later as (
    select
        g.statement_id,
        e.edition,
        e.edition_date,
        row_number() over (partition by g.statement_id order by e.edition_order, e.edition) as nth
    from gone g
    join edition_in_use e
        on e.register = g.register
        and e.dataset = g.dataset
        and e.completeness = 'complete'
        and e.edition_order > g.edition_order
    where not exists (
        select 1 from reject_mention m
        where m.register = e.register
            and m.dataset = e.dataset
            and m.edition = e.edition
            and m.token = g.title_number
    )
),
-- If the title shows the proprietor with another date, number or position, the holding has not ended: the
-- newer one stands for both.
ended as (
    select g.statement_id, l.edition_date as ended_on
    from gone g
    join later l on l.statement_id = g.statement_id and l.nth = 1
    where g.edition_order <> ''
        and not exists (
            select 1 from changed s
            where s.register = g.register
                and s.dataset = g.dataset
                and s.edition = l.edition
                and s.title_id = g.title_id
                and s.removed_on is null
                and (s.party_id = g.party_id or s.proprietor_name = g.proprietor_name)
        )
),
-- A file of changes also deletes a record if something else in it changed: whoever is still on the title has
-- not left.
stayed as (
    select r.statement_id
    from changed r
    join changed s
        on s.register = r.register
        and s.dataset = r.dataset
        and s.title_id = r.title_id
        and (s.party_id = r.party_id or s.proprietor_name = r.proprietor_name)
    where r.newest = 1 and r.removed_on is not null and s.status = 'in_force' and s.removed_on is null
),
-- The record in force was rejected: use the last readable record.
kept as (
    select g.statement_id
    from gone g
    join edition_in_use e on e.register = g.register and e.dataset = g.dataset and e.status = 'in_force'
    where not exists (select 1 from later l where l.statement_id = g.statement_id)
        and exists (
            select 1 from reject_mention m
            where m.register = e.register
                and m.dataset = e.dataset
                and m.edition = e.edition
                and m.token = g.title_number
        )
)
select
    p.title_id,
    p.position,
    n.party_id,
    s.name as proprietor_name,
    s.identifier_native as number_native,
    p.category,
    p.added_on,
    -- The editions may contain days after the date asked for.
    case
        when coalesce(p.removed_on, x.ended_on) <= $as_of then coalesce(p.removed_on, x.ended_on)
    end as ended_on,
    p.right_kind,
    p.right_id,
    p.burdens_right_id,
    p.share_numerator,
    p.share_denominator,
    p.joint_share_id,
    p.deed_id,
    p.deed_sum_eur,
    n.method,
    w.territory,
    p.register,
    p.edition,
    p.statement_id,
    p.party_statement_id
from proprietorship_statement p
join shown n using (statement_id)
join named s on s.statement_id = p.party_statement_id
left join ended x using (statement_id)
left join kept k using (statement_id)
left join (select distinct register as listed_in, territory from register_role) w on w.listed_in = p.register
where n.newest = 1
    and (
        n.status = 'in_force'
        or p.removed_on is not null
        or x.ended_on is not null
        or k.statement_id is not null
    )
    and p.statement_id not in (select statement_id from stayed)
