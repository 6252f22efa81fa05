-- Chains of at most four hops, in order of time within two years. Nobody stands twice in a chain, and no
-- public payee and no conduit stands between. Credits are no hop. Of the chains found, those with the fewest
-- hops.
with recursive
hop as (
    select
        flow_id, payer_id, payee_id, flowed_on, amount, currency,
        payee_kind in ('public', 'conduit') as is_end
    from flow
    where amount > 0 and payer_id is not null and payee_id is not null and payer_id <> payee_id
),
way(party_id, first_on, last_on, hops_n, parties, flows, is_end) as (
    select payee_id, flowed_on, flowed_on, 1, [a, payee_id], [flow_id], is_end
    from hop
    where payer_id = a
    union all
    select
        h.payee_id, w.first_on, h.flowed_on, w.hops_n + 1, list_append(w.parties, h.payee_id),
        list_append(w.flows, h.flow_id), h.is_end
    from way w
    join hop h on h.payer_id = w.party_id
    where w.hops_n < 4
        and w.party_id <> b
        and not w.is_end
        and h.flowed_on >= w.last_on
        and date_diff('day', w.first_on, h.flowed_on) <= 730
        and not list_contains(w.parties, h.payee_id)
),
arrived as (
    select *, rank() over (order by hops_n) as place from way where party_id = b
),
numbered as (
    select row_number() over (order by last_on, first_on, flows) as path_no, flows
    from arrived
    where place = 1
),
steps as (
    select path_no, unnest(flows) as flow_id, generate_subscripts(flows, 1) as position from numbered
)
select
    s.path_no, s.position, s.flow_id, h.payer_id, h.payee_id, h.flowed_on, h.amount, h.currency
from steps s
join hop h using (flow_id)
order by s.path_no, s.position
