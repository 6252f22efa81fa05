-- Records of parties without a number, and of numbered parties whose name begins like one of theirs, in order
-- of their anchors. spoken_on: when a record is first about the party: the day it was added to a title or got
-- its interest; else the edition's date. Most of a register's names begin differently and are not read.
-- Nations of the United Kingdom are not subdivisions here, because no two companies in it may have the same
-- name.
create or replace temp table open_record as
with own as (
    select statement_id from unresolved where is_open
),
spoken as (
    select party_statement_id as statement_id, min(added_on) as spoken_on
    from proprietorship_statement
    where party_statement_id in (select statement_id from own)
    group by all
    union all
    select party_statement_id, min(valid_from)
    from relationship_statement
    where party_statement_id in (select statement_id from own)
    group by all
),
first_spoken as (
    select statement_id, min(spoken_on) as spoken_on from spoken group by all
),
named as (
    select o.party_id, o.is_open, s.*, case when not o.is_open and {is_plain} then {plain_name} end as plain
    from entity_statement s
    join unresolved o using (statement_id)
    where s.role <> 'arrangement'
        and s.entity_type not in ('arrangement', 'anonymousEntity')
        and s.name is not null
),
open_or_alike as (
    select
        s.statement_id,
        s.party_id,
        s.is_open,
        s.role,
        s.entity_type,
        s.name,
        split_part(s.jurisdiction, '-', 1) as country,
        case when not starts_with(s.subdivision, 'gb-') then s.subdivision end as subdivision,
        s.legal_form_class,
        s.identifier_native,
        coalesce(f.spoken_on, e.edition_date) as spoken_on
    from named s
    join edition_in_use e using (register, dataset, edition)
    left join first_spoken f using (statement_id)
    where s.plain is null or {begins_alike}
    order by e.edition_order, s.register, s.dataset, s.record, s.statement_id
)
select row_number() over () - 1 as row_no, * from open_or_alike
