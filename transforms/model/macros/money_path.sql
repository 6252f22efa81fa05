-- Chains of at most four hops, in time order within two years. No party occurs twice in a chain, and no
-- public payee or conduit is in its middle. Credits are not hops, nor are cancelled and planned payments.
-- Only the chains with the fewest hops are returned, so a chain is not extended once another has arrived.
-- Computed hop by hop and not by recursion, which would read all flows for each hop. `direct`: payments from
-- the first party to the last. If there are any, they are the answer, and the other payments of a large payer
-- are not read. If there are none, a large payer's payments are read from the other end: `back_one` to
-- `back_three` paid the last party over at most three hops, in any time order. A large payer has more than
-- 10,000 payments (own).
with direct as (
    select rowid as row_no
    from flow
    where
        rowid in (from rows_of('flow.payee_id', [b]))
        and payer_id = a
        and a <> b
        and amount > 0
        and status = 'paid'
        and cancelled_by is null
),
far as (
    select (select count(*) from rows_of('flow.payer_id', [a])) > 10000 as is_large
    where not exists (from direct)
),
back_one as (
    select distinct payer_id
    from flow
    where
        rowid in (from rows_of('flow.payee_id', (select [b] from far where is_large)))
        and amount > 0
        and status = 'paid'
        and cancelled_by is null
),
back_two as (
    select distinct payer_id
    from flow
    where
        rowid in (from rows_of('flow.payee_id', (select list(payer_id) from back_one)))
        and amount > 0
        and status = 'paid'
        and cancelled_by is null
        and payee_kind not in ('public', 'conduit')
),
back_three as (
    select distinct payer_id
    from flow
    where
        rowid in (from rows_of('flow.payee_id', (select list(payer_id) from back_two)))
        and amount > 0
        and status = 'paid'
        and cancelled_by is null
        and payee_kind not in ('public', 'conduit')
),
behind as (
    from back_one
    union
    from back_two
    union
    from back_three
),
one as (
    select
        payee_id as party_id, flowed_on as first_on, flowed_on as last_on,
        [a, payee_id] as parties, [flow_id] as flows, [rowid] as row_nos,
        payee_kind in ('public', 'conduit') as is_end
    from flow
    where
        rowid in (
            from direct
            union all
            from rows_of('flow.payer_id', (select [a] from far where not is_large))
            union all
            from rows_of('flow.payee_id', (select list(payer_id) from behind))
        )
        and payer_id = a
        and amount > 0
        and status = 'paid'
        and cancelled_by is null
        and payee_id is not null
        and payee_id <> a
),
two as (
    select
        h.payee_id as party_id, w.first_on, h.flowed_on as last_on,
        list_append(w.parties, h.payee_id) as parties, list_append(w.flows, h.flow_id) as flows,
        list_append(w.row_nos, h.rowid) as row_nos, h.payee_kind in ('public', 'conduit') as is_end
    from one w
    join flow h on h.payer_id = w.party_id
    where
        h.rowid in (
            from rows_of('flow.payer_id', (select list(party_id) from one having not bool_or(party_id = b)))
        )
        and h.amount > 0
        and h.status = 'paid'
        and h.cancelled_by is null
        and h.payee_id is not null
        and w.party_id <> b
        and not w.is_end
        and h.flowed_on >= w.last_on
        and date_diff('day', w.first_on, h.flowed_on) <= 730
        and not list_contains(w.parties, h.payee_id)
),
three as (
    select
        h.payee_id as party_id, w.first_on, h.flowed_on as last_on,
        list_append(w.parties, h.payee_id) as parties, list_append(w.flows, h.flow_id) as flows,
        list_append(w.row_nos, h.rowid) as row_nos, h.payee_kind in ('public', 'conduit') as is_end
    from two w
    join flow h on h.payer_id = w.party_id
    where
        h.rowid in (
            from rows_of('flow.payer_id', (select list(party_id) from two having not bool_or(party_id = b)))
        )
        and h.amount > 0
        and h.status = 'paid'
        and h.cancelled_by is null
        and h.payee_id is not null
        and w.party_id <> b
        and not w.is_end
        and h.flowed_on >= w.last_on
        and date_diff('day', w.first_on, h.flowed_on) <= 730
        and not list_contains(w.parties, h.payee_id)
),
four as (
    select
        h.payee_id as party_id, w.first_on, h.flowed_on as last_on,
        list_append(w.parties, h.payee_id) as parties, list_append(w.flows, h.flow_id) as flows,
        list_append(w.row_nos, h.rowid) as row_nos, h.payee_kind in ('public', 'conduit') as is_end
    from three w
    join flow h on h.payer_id = w.party_id
    where
        h.rowid in (
            from rows_of('flow.payer_id', (select list(party_id) from three having not bool_or(party_id = b)))
        )
        and h.amount > 0
        and h.status = 'paid'
        and h.cancelled_by is null
        and h.payee_id is not null
        and w.party_id <> b
        and not w.is_end
        and h.flowed_on >= w.last_on
        and date_diff('day', w.first_on, h.flowed_on) <= 730
        and not list_contains(w.parties, h.payee_id)
),
way as (
    select 1 as hops_n, * from one
    union all
    select 2, * from two
    union all
    select 3, * from three
    union all
    select 4, * from four
),
arrived as (
    select *, rank() over (order by hops_n) as place from way where party_id = b
),
numbered as (
    select row_number() over (order by last_on, first_on, flows) as path_no, row_nos
    from arrived
    where place = 1
),
steps as (
    select path_no, unnest(row_nos) as row_no, generate_subscripts(row_nos, 1) as position from numbered
)
select
    s.path_no, s.position, h.flow_id, h.payer_id, h.payee_id, h.flowed_on, h.amount, h.currency
from steps s
join flow h on h.rowid = s.row_no
order by s.path_no, s.position
