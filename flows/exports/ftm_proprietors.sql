select
    'title-' || md5(p.statement_id || p.title_id || p.party_id) as id,
    'Ownership' as schema,
    p.party_id as owner,
    p.title_id as asset,
    coalesce(p.right_kind, 'proprietor') as role,
    format('{:g}', 100.0 * p.share_numerator / p.share_denominator) as percentage,
    p.added_on as "startDate",
    p.ended_on as "endDate",
    r.publisher
from v_proprietorship p
left join v_register r on r.register = p.register
where p.title_id in (select unnest($ids)) and p.party_id in (select unnest($ids))
order by id
