-- One row: how well the score of health tells accounts that leave within the horizon from those that stay: how likely
-- it is that of two the leaving one has the lower score, of equal ones half (definitions 14.3). Null where there are
-- none of either.
with ranked as (
    select
        has_churned,
        rank() over (order by score desc) as place,
        count(*) over (partition by score) as alike
    from {{ ref('int_nrr__scored_accounts') }}
),

sums as (
    select
        sum(case when has_churned then 1 else 0 end) as leaving,
        sum(case when has_churned then 0 else 1 end) as staying,
        -- in halves: of equal scores each has their middle place
        sum(case when has_churned then 2 * place + alike - 1 else 0 end) as doubled_places
    from ranked
)

select
    {{ nrr.divide(
        'doubled_places - cast(leaving as ' ~ nrr.type_double() ~ ') * (leaving + 1)',
        '2 * cast(leaving as ' ~ nrr.type_double() ~ ') * staying'
    ) }} as auc
from sums
