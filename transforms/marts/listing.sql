-- Entries of watch lists in the editions in force, and whether they bind this authority: if a list's names
-- state no regime, those of the party's other records are used; if these state none either, the entry binds.
-- A list of debarred suppliers binds only if the vocabulary says so. Data on criminal offences stays in the
-- lake until a legal basis is configured. A party's own record states by topic that it is listed, without
-- dates; the records of its listings have dates. If all of these have ended, so has the topic's entry.
with listed as (
    select
        r.party_id,
        l.party_kind,
        l.list_name,
        l.topic,
        l.listing_class,
        l.programme,
        l.position,
        l.valid_from,
        l.valid_to,
        coalesce(l.is_ceased, false) as is_ceased, -- null in editions read before lists told
        not coalesce(l.is_ceased, false)
            and (l.valid_from is null or l.valid_from <= $as_of)
            and (l.valid_to is null or l.valid_to > $as_of) as is_current,
        l.record = r.record as is_by_topic,
        l.register,
        l.statement_id,
        l.party_statement_id
    from resolution r
    join listing_statement l on l.party_statement_id = r.statement_id
    join edition_in_use u on u.register = l.register and u.dataset = l.dataset and u.edition = l.edition
    where u.status = 'in_force' and l.listing_class <> 'crime'
),
dated as (
    select
        party_statement_id,
        listing_class,
        bool_or(not is_ceased and (valid_to is null or valid_to > $as_of)) as has_one_left
    from listed
    where not is_by_topic
    group by party_statement_id, listing_class
),
worded as (
    select
        *,
        concat_ws('', ' ', regexp_replace(
            upper(concat_ws(' ', list_name, programme)), '[^A-Z0-9]+', ' ', 'g'
        ), ' ') as words
    from listed
),
-- A list of debarred suppliers binds the contracting authorities of its own country.
debarred_here as (
    select distinct l.statement_id
    from worded l
    join debarment_lists_list d on contains(l.words, concat_ws('', ' ', d.words, ' '))
    join home_country c on c.country = d.country
    where l.listing_class = 'debarment'
),
named as (
    select l.statement_id, l.party_statement_id, l.listing_class, b.regime is not null as is_binding
    from worded l
    join sanctions_regimes_list r on contains(l.words, concat_ws('', ' ', r.words, ' '))
    left join binding_regime b on b.regime = r.regime
),
own_regimes as (
    select statement_id, bool_or(is_binding) as is_binding from named group by statement_id
),
regimes_of_party as (
    select party_statement_id, listing_class, bool_or(is_binding) as is_binding
    from named
    group by party_statement_id, listing_class
)
select
    l.party_id,
    l.party_kind,
    coalesce(p.full_name, e.name) as listed_name,
    l.list_name,
    l.topic,
    l.listing_class,
    l.programme,
    l.position,
    l.valid_from,
    l.valid_to,
    l.is_current
        and not (
            l.is_by_topic and l.listing_class = 'sanction' and not coalesce(d.has_one_left, true)
        ) as is_open,
    case
        when l.listing_class = 'debarment' then h.statement_id is not null
        else coalesce(o.is_binding, y.is_binding, true)
    end as is_binding,
    l.register,
    l.statement_id,
    l.party_statement_id
from listed l
left join dated d on d.party_statement_id = l.party_statement_id and d.listing_class = l.listing_class
left join own_regimes o on o.statement_id = l.statement_id
left join regimes_of_party y
    on y.party_statement_id = l.party_statement_id and y.listing_class = l.listing_class
left join debarred_here h on h.statement_id = l.statement_id
left join person_statement p on p.statement_id = l.party_statement_id
left join entity_statement e on e.statement_id = l.party_statement_id
