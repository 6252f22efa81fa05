-- Columns as in bods_entities.sql, for open relationships between two of the parties, and for those in which
-- the register only states why no owner is named. Registers do not say whether there are parties in between.
select
    r.statement_id as id,
    'relationship' as kind,
    r.subject_id as subject,
    r.party_id as "interestedParty",
    case
        when r.party_id is null
        then {
            'reason': regexp_replace(
                coalesce(r.unspecified_reason, 'unknown'), 'IdentifyBeneficialOwners$',
                'IdentifyBeneficialOwner'
            )
        }
    end as unspecified,
    list({
        'type': coalesce(i.interest_type, 'unknownInterest'),
        'directOrIndirect': coalesce(i.reach, 'unknown'),
        'share': case
            when i.share_min is null and i.share_max is null then null
            when i.share_min = i.share_max then {'exact': cast(i.share_min as double)}
            else {
                'minimum': case when not i.share_min_exclusive then cast(i.share_min as double) end,
                'exclusiveMinimum': case when i.share_min_exclusive then cast(i.share_min as double) end,
                'maximum': case when not i.share_max_exclusive then cast(i.share_max as double) end,
                'exclusiveMaximum': case when i.share_max_exclusive then cast(i.share_max as double) end
            }
        end,
        'startDate': coalesce(i.valid_from, r.valid_from)
    } order by i.interest_type, i.share_min) filter (r.party_id is not null) as interests,
    min(g.publisher) as publisher
from v_relationship r
left join v_interest i on i.statement_id = r.statement_id and i.is_open
left join v_resolution s on s.statement_id = r.party_statement_id
left join v_register g on g.register = s.register
where
    r.is_open
    and r.subject_id in (select unnest($ids))
    and (r.party_id is null or r.party_id in (select unnest($ids)))
group by all
order by id
