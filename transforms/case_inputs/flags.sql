-- Flags that may be in a case. may_open: a flag of lane stop or act opens a case. may_open_together: look
-- flags of two families on one control group open one together. may_join: if that group also has a flag of
-- lane stop or act, they belong to its case. A flag of lane data opens none.
with in_question as (
    select * from flag where state = 'flagged'
),
-- The legal entities that a look flag is about: the subject, the present holder of the title, dwelling or
-- sale, or the party with which a money pattern begins.
holder as (
    select p.party_id, p.title_id as subject_id
    from proprietorship p
    where p.ended_on is null
    union
    select p.party_id, a.property_id
    from proprietorship p
    join title_address a using (title_id)
    where p.ended_on is null and a.property_id is not null
    union
    select p.party_id, x.transaction_id
    from proprietorship p
    join title_address a using (title_id)
    join "transaction" x using (property_id)
    where p.ended_on is null
),
about as (
    select flag_id, family, lane, subject_id as party_id
    from in_question
    where subject_type in ('legal_entity', 'control_group')
    union
    select f.flag_id, f.family, f.lane, h.party_id
    from in_question f
    join holder h using (subject_id)
    union all
    select f.flag_id, f.family, f.lane, p.party_id
    from in_question f
    join flow_pattern p on p.pattern_id = f.subject_id
),
-- An entity in no control group is one by itself.
in_group as (
    select
        a.flag_id, a.family, a.lane,
        coalesce(g.control_group_id, c.control_group_id, a.party_id) as control_group_id
    from about a
    left join graph_control_group g on g.subject_id = a.party_id
    left join (select distinct control_group_id, controller_id from graph_control_group) c
        on c.controller_id = a.party_id
),
together as (
    select
        control_group_id,
        bool_or(lane in ('stop', 'act')) as has_graver
    from in_group
    group by control_group_id
    having count(distinct family) filter (where lane = 'look') >= 2
)
select
    f.flag_id,
    f.indicator,
    i.title as indicator_title,
    f.family,
    f.subtype,
    f.lane,
    -- Money patterns are recorded only if found, so their rate is the number found among legal entities. One
    -- that cannot be assessed does not make the others rarer.
    case
        when i.subject_type = 'flow_pattern'
            then cast(i.n_flagged + i.n_not_assessable as double)
                / (select greatest(count(*), i.n_flagged + i.n_not_assessable) from entity)
        else i.base_rate
    end as base_rate,
    f.subject_id,
    f.subject_type,
    f.subject_name,
    f.area_name,
    f.area_code,
    f.first_seen_on,
    f.lane in ('stop', 'act') as may_open,
    f.flag_id in (
        select g.flag_id from in_group g join together using (control_group_id) where g.lane = 'look'
    ) as may_open_together,
    f.flag_id in (
        select g.flag_id
        from in_group g
        join together using (control_group_id)
        where g.lane = 'look' and has_graver
    ) as may_join
from in_question f
join indicator i on i.code = f.indicator
