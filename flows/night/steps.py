"""The steps of a run, in their order.

Each stage reads what the stages before it wrote under `work/<run>/` and writes its own Parquet files there.
Small facts (the editions, the date) stay on the `Night`. A stage returns counts only, which are safe for logs
and for Prefect.

When a gate blocks:

* A lake gate blocks one edition. Its register keeps the last good edition, the run goes on and publishes, and
  the exit code is 5. The gate's outcome is published in `v_gate`.
* The graph gate (in the graph stage) or the release gate raises ReleaseBlocked (`run_gate` in
  `stages/gate.py`), and so does the build if it reads back a null or a repeated key. Nothing is published,
  the release in force stays, and the exit code is 3.
* Any other failure before the release stage ends the run with exit code 4; the release in force stays.
"""

from flows.night.night import Stage
from flows.night.stages.build import build
from flows.night.stages.cases import group_cases
from flows.night.stages.flags import find_flags
from flows.night.stages.gate import check_release
from flows.night.stages.graph import compute_graph
from flows.night.stages.lake import fill_lake
from flows.night.stages.land import land
from flows.night.stages.marts import build_marts
from flows.night.stages.release import release
from flows.night.stages.report import report
from flows.night.stages.resolve import resolve_parties
from flows.night.stages.screening import screen_lists

# (own) Shares between those of the town and those of large nights (docs/benchmarks.md).
STAGES: tuple[Stage, ...] = (
    Stage("landing", land, share=1),
    Stage("lake", fill_lake, share=25),
    Stage("resolve", resolve_parties, share=10),
    Stage("marts", build_marts, share=8),
    Stage("screening", screen_lists, share=1),
    Stage("graph", compute_graph, share=8),
    Stage("flags", find_flags, share=20),
    Stage("cases", group_cases, share=1),
    Stage("gate", check_release, share=3),
    Stage("build", build, share=10),
    Stage("report", report, share=12),
    Stage("release", release, share=1),
)
