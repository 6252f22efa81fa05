-- What public bodies paid a company, or granted it or a company of its control group (`receiver_id`), and the
-- first and the last possible day. A subsidy counts in its first year, because the registers state no day.
with stated as (
    select
        s.payee_id, coalesce(s.settled, s.granted) as amount, s.currency, s.first_year, s.statement_id,
        case when s.settled is null then 'subsidy_statement.granted' else 'subsidy_statement.settled' end
            as field,
        -- Without small words, so that a verb stands beside what is bought or built.
        regexp_replace(
            spaced_words(concat_ws(' ', s.scheme, s.purpose)),
            '\b(a|an|and|of|the|de|een|en|het|van|d|des|du|et|l|la|le|les|un|une) ', '', 'g'
        ) as words
    from subsidy s
    left join exempt x on x.entity_id = s.payee_id
    where x.entity_id is null
        and s.state in ('granted', 'settled')
        and coalesce(s.settled, s.granted) > 0
        and s.payee_kind in ('company', 'unclassified')
        and s.payee_id is not null
        and s.first_year <= year($as_of)
),
granted as (
    select
        *,
        -- A verb, at most one other word, and a building, land or premises; or these and a verb; or one word.
        regexp_matches(
            words,
            '\b(buy|buying|purchas\w*|acqui\w*|build|building|construct\w*|aankoop|aankopen|kopen|verwerv\w*'
            '|bouw|bouwen|achats?|acheter) (\w+ )?'
            '(buildings?|land|premises|property|properties|real estate|houses?|homes?|flats?|apartments?'
            '|plots?|clubhouses?|halls?|warehouses?|\w*gebouw(en)?|(\w+s|winkel)?pand(en)?|(bouw)?grond(en)?'
            '|\w*terrein(en)?|\w*perce(el|len)|\w*woning(en)?|\w*hui(s|zen)|\w*ruimten?|batiments?'
            '|immeubles?|immobiliers?|terrains?|locaux|maisons?|logements?|parcelles?|salles?)\b'
            '|\b(land|premises|property|building|house|pand|grond|woning|gebouw) '
            '(purchase|acquisition|construction|aankoop|aankopen|kopen|verwerven|verwerving|bouwen)\b'
            '|\b(nieuw|ver|woning)bouw'
        ) as is_for_property
    from stated
),
together as (
    select a.company_id as payee_id, b.company_id as receiver_id
    from company_tie a
    join company_tie b using (link, shared_id)
    where a.link = 'control_group'
        and a.company_id in (select payee_id from granted)
        and b.company_id in (select payee_id from granted)
        and a.shared_id not in (
            select control_group_id
            from graph_control_group
            where controller_id in (select entity_id from exempt)
        )
    union
    select payee_id, payee_id from granted
)
select
    payee_id, payee_id as receiver_id, 'payment' as kind, amount, currency, flowed_on as from_on,
    flowed_on as until_on, statement_id, 'flow_statement.amount' as field, false as is_for_property
from flow
where kind = 'payment'
    and status = 'paid'
    and payee_kind in ('company', 'unclassified')
    and payee_id is not null
    and flowed_on <= $as_of
union all
select
    t.payee_id, t.receiver_id, 'subsidy', g.amount, g.currency, make_date(g.first_year, 1, 1),
    make_date(g.first_year, 12, 31), g.statement_id, g.field, g.is_for_property
from together t
join granted g on g.payee_id = t.receiver_id
