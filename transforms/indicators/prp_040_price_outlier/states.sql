with judged as (
    select *, is_stated and coalesce(abs(z_score) > $z, false) as is_hit from measured
)
select
    transaction_id as subject_id,
    case
        when not is_stated or z_score is null then 'not_assessable'
        when is_hit then 'flagged'
        else 'not_flagged'
    end as state,
    case
        when not is_stated then 'not_stated'
        when z_score is null then 'few_peers'
    end as reason,
    case when is_hit then case when z_score > 0 then 'above' else 'below' end end as subtype,
    case when is_stated then abs(z_score) end as value,
    'modified z-score' as unit,
    $z as threshold,
    case when is_stated then peer_n end as peer_n,
    case when is_hit then currency_sign(currency) end as sign,
    price,
    transferred_on,
    middle_price,
    case
        when is_hit and by_quarter then 'quarter'
        when is_hit then 'year, each brought to the time of this one by the price index'
    end as period_words,
    case when is_hit then case when z_score > 0 then 'above' else 'below' end end as side_word,
    case
        when is_hit and round(abs(z_score), 2) > $z
            then cast(cast(abs(z_score) as decimal(12, 2)) as varchar)
        when is_hit then concat_ws(' ', 'more than', cast($z as varchar))
    end as z_words
from judged
