"""What came together and what came apart since the release before, and where an id noted then leads now.

A record of one edition is the same in both releases (its `statement_id`), so that a record whose party has another id tells of a merge, a split or a
new name, and a place on a title that was sold tells of nothing. Reads on the connection: `resolution`, `resolution_link`; and of the release before
`resolution_before` (statement_id, party_id, method) and `alias_before` (PARTY_ALIAS).

A split that no limit tells of was a judgement's where records of it were held by one and are no longer: it was taken back, or is on a record that is gone.
A record that moved has both reasons: what holds it to its party now, and why it left the other.
"""

from __future__ import annotations

import polars as pl

from transforms.model.sql import Connection, frame
from transforms.model.views import PARTY_ALIAS, RESOLUTION_CHANGE

SHARED = "shared as (select distinct n.party_id, b.party_id as previous_party_id from resolution n join resolution_before b using (statement_id))"
KINDS = """
came as (select party_id, count(*) as n from shared group by party_id),
went as (select previous_party_id, count(*) as n from shared group by previous_party_id),
kind as (
    select b.previous_party_id, b.party_id,
           case when c.n > 1 and w.n > 1 then 'moved' when c.n > 1 then 'merged' when w.n > 1 then 'split' else 'renamed' end as change
    from shared b join came c using (party_id) join went w using (previous_party_id)
    where b.party_id <> b.previous_party_id
)"""
LEFT = "coalesce('limit: ' || coalesce(p.reason, r.reason), if(w.party_id is null, 'no_link_left', 'judgement_withdrawn'))"
CHANGES_SQL = f"""
with {SHARED}, {KINDS},
moved as (
    select n.register, n.record, n.party_id, b.party_id as previous_party_id, max(n.score) as score, arg_max(n.method, (n.score, n.statement_id)) as method
    from resolution n join resolution_before b using (statement_id)
    where n.party_id <> b.party_id
    group by n.register, n.record, n.party_id, b.party_id
),
placed as (
    select distinct n.register, n.record, n.party_id, b.party_id as previous_party_id
    from resolution n join resolution_before b using (statement_id) where b.party_id in (select previous_party_id from kind)
),
-- Of two records that were one party and are two, it tells of all that went with either; else of the record itself.
apart as (
    select one.previous_party_id, unnest([one.party_id, other.party_id]) as party_id, l.reason
    from resolution_link l
    join placed one on one.register = l.register and one.record = l.record
    join placed other on other.register = l.other_register and other.record = l.other_record
    where l.outcome = 'refused' and one.previous_party_id = other.previous_party_id and one.party_id <> other.party_id
),
parted as (select previous_party_id, party_id, min(reason) as reason from apart group by all),
-- By the two ids that came of it, or where who was held stays, of all that left.
withdrawn as (
    select distinct n.party_id, b.party_id as previous_party_id
    from resolution n join resolution_before b using (statement_id)
    where b.method = 'judgement' and n.method <> 'judgement'
),
refused as (
    select register, record, min(reason) as reason from (
        select register, record, reason from resolution_link where outcome = 'refused'
        union all select other_register, other_record, reason from resolution_link where outcome = 'refused'
    ) group by register, record
)
select m.*, k.change,
       case when k.change = 'renamed' then 'earliest_record'
            else concat_ws('; ', if(k.change in ('merged', 'moved'), m.method, null), if(k.change in ('split', 'moved'), {LEFT}, null)) end as reason
from moved m
join kind k using (previous_party_id, party_id)
left join parted p using (previous_party_id, party_id)
left join (
    select distinct k.previous_party_id, k.party_id from kind k
    join withdrawn w on w.previous_party_id = k.previous_party_id and w.party_id in (k.party_id, k.previous_party_id)
) w using (previous_party_id, party_id)
left join refused r on r.register = m.register and r.record = m.record
order by m.previous_party_id, m.party_id, m.register, m.record
"""
# An id whose records are all gone leads nowhere: who held it may have been purged. One that came back to life leads to itself.
ALIASES_SQL = f"""
with {SHARED}, {KINDS},
alive as (select distinct party_id from resolution),
carried as (
    select a.previous_party_id, coalesce(b.party_id, a.party_id) as party_id, a.change, a.last_release_id
    from alias_before a left join shared b on b.previous_party_id = a.party_id
),
every as (
    select previous_party_id, party_id, change, $release_id as last_release_id, 1 as is_old from kind
    union all select *, 2 from carried
),
gone as (
    select distinct party_id from resolution_before
    where party_id not in (select previous_party_id from shared) and party_id not in (select party_id from alive)
)
select previous_party_id, party_id, change, last_release_id from every
where party_id in (select party_id from alive) and previous_party_id <> party_id and previous_party_id not in (select party_id from gone)
    and not (change in ('merged', 'renamed') and previous_party_id in (select party_id from alive))
qualify row_number() over (partition by previous_party_id, party_id order by is_old, last_release_id desc, change) = 1
order by previous_party_id, party_id
"""


def changes(connection: Connection) -> pl.DataFrame:
    """RESOLUTION_CHANGE rows, in key order."""
    return RESOLUTION_CHANGE.conformed(frame(connection, CHANGES_SQL))


def aliases(connection: Connection, release_id: str) -> pl.DataFrame:
    """PARTY_ALIAS rows, in key order: tonight's, and those of before followed on. `release_id`: of the release before."""
    return PARTY_ALIAS.conformed(frame(connection, ALIASES_SQL, {"release_id": release_id}))
