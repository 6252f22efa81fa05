-- Public, listed and exempt entities.
select entity_id as subject_id from exempt
union
select entity_id from entity where is_listed or entity_type in ('state', 'stateBody')
