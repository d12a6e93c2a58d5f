#!/usr/bin/env bash
# A sweep through a real Slurm of this one machine (munged, slurmctld, slurmd in a scratch folder, on
# ports and sockets of their own) and through GNU parallel, with workers that are killed and a task
# that is put back in the middle: the tables must be those of a local run. What is not installed is
# skipped; so is Slurm without root.
#
# usage: tests/slurm.sh [FOVEA]     SLURM_POINTS=N: points of the sweep (a multiple of 8)
#                                   SLURM_MEASURE=1: instead, how long it takes with 1 and 2 workers
set -u
cd "$(dirname "$0")/.." || exit 1
fovea=$(realpath "${1:-build/release/fovea}")
clocks=$((${SLURM_POINTS:-640} / 8))
passed=0 failed=0 skipped=0
dir=$(mktemp -d "${TMPDIR:-/tmp}/fovea-slurm-XXXXXX") || exit 1
chmod 755 "$dir"
export SLURM_CONF=$dir/slurm.conf TMPDIR=$dir/tmp
mkdir "$TMPDIR"

# ---- daemons ----

stop() { # the process of a pid file, and its children
    local pid
    pid=$(cat "$1" 2>/dev/null) || return 0
    kill "$pid" 2>/dev/null
    for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null
}
clean_up() {
    if [ -e "$dir/slurmctld.pid" ]; then
        timeout 10 scancel --user=root >/dev/null 2>&1
        for _ in $(seq 80); do pgrep -f "explore work .*$dir/" >/dev/null || break; sleep 0.1; done
    fi
    stop "$dir/slurmd.pid"
    stop "$dir/slurmctld.pid"
    stop "$dir/munged.pid"
    [ -n "${KEEP:-}" ] || rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

start_slurm() {
    local host port=$((20000 + $$ % 20000))
    host=$(hostname -s)
    head -c 1024 /dev/urandom >"$dir/munge.key" && chmod 600 "$dir/munge.key"
    cat >"$dir/slurm.conf" <<END
ClusterName=fovea
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket,cred_expire=5
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmdSpoolDir=$dir/spool
StateSaveLocation=$dir/state
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MaxArraySize=${SLURM_ARRAY:-6}
SchedulerParameters=batch_sched_delay=0,sched_interval=1
KillWait=5
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
    mkdir -p "$dir/spool" "$dir/state"
    munged --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" \
        --pid-file="$dir/munged.pid" --log-file="$dir/munged.log" --seed-file="$dir/munge.seed" \
        >"$dir/daemons.log" 2>&1 || return 1
    slurmctld >>"$dir/daemons.log" 2>&1 && slurmd -N "$host" >>"$dir/daemons.log" 2>&1 || return 1
    for _ in $(seq 150); do
        sinfo -h -o %t 2>/dev/null | grep -qx idle && return 0
        sleep 0.1
    done
    return 1
}

# ---- steps ----

cat >"$dir/space.json" <<END
{"base": {"evaluate": "npu", "chip": "$PWD/logic/chips/imx500.json",
          "models": ["$PWD/scenes/models/presence.tflite", "$PWD/scenes/models/shelf.tflite"]},
 "parameters": {"channels": {"field": "chip.npu.mac.channels", "values": [2, 4, 8, 16]},
                "clock_mhz": {"range": [100, $((99 + clocks))], "step": 1},
                "clock": {"field": ["chip.npu.clk_hz", "chip.logic.clock_hz"], "expr": "clock_mhz * 1e6"}},
 "constraints": ["channels * clock_mhz < 2400"],
 "objectives": [{"name": "npu_ms"}, {"name": "area_logic_mm2"}]}
END
points=$((8 * clocks))

result() { # what happened, was it so
    if [ "$2" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    [ "$2" -eq 0 ] || echo "FAILED: $1"
}
explore() { "$fovea" explore "$@" >>"$dir/log" 2>&1; }
table() { # of a sweep: everything but times and workers
    "$fovea" explore query --csv "$1" "SELECT id, hash, parameters, config, state, reason
        FROM point ORDER BY id; SELECT * FROM value ORDER BY point, name"
}
same_table() {
    table "$dir/local.db" >"$dir/local.csv" && table "$1" >"$1.csv" &&
        [ "$(wc -l <"$dir/local.csv")" -gt "$points" ] && cmp "$dir/local.csv" "$1.csv"
}
over() { # points that are over, after what is there has been merged
    "$fovea" explore status "$1" >/dev/null 2>>"$dir/log"
    "$fovea" explore query --csv "$1" "SELECT count(*) FROM point WHERE state IN
        ('done', 'refused', 'failed')" | tail -n 1 | tr -d '\r'
}
number() { # sweep, SQL
    "$fovea" explore query --csv "$1" "$2" | tail -n 1 | tr -d '\r'
}
wait_for() { # seconds, command
    local end=$((SECONDS + $1))
    shift
    until "$@"; do [ $SECONDS -lt $end ] || return 1; sleep 0.1; done
}
engine_of() { pgrep -f "^$fovea explore work .*$dir/$1/$2.json" | head -n 1; }
has_engine() { # a task whose engine has a process that evaluates: it is in the middle
    local pid
    pid=$(engine_of "$1" "$2") && [ -n "$pid" ] && pgrep -P "$pid" >/dev/null
}
restarts() { scontrol show job "$1" | sed -n 's/.*Restarts=\([0-9]*\).*/\1/p' | head -n 1; }

through_slurm() {
    local job pid
    explore "$dir/space.json" --engine slurm --chunk $((points / 4)) --out "$dir/slurm.db"
    result "the sweep is submitted" $?
    job=$(sed -n 's/^job *\([0-9]*\): .*/\1/p' "$dir/log" | tail -n 1)
    wait_for 60 has_engine slurm.db-tasks 000000 && kill -KILL "$(engine_of slurm.db-tasks 000000)"
    result "a worker is killed in the middle" $?
    wait_for 60 has_engine slurm.db-tasks 000001 && scontrol requeue "${job}_1"
    result "a task is put back in the middle" $?
    wait_for 60 has_engine slurm.db-tasks 000002 &&
        pid=$(pgrep -P "$(engine_of slurm.db-tasks 000002)" | head -n 1) && kill -KILL "$pid"
    result "an evaluation is killed in the middle" $?
    all_over() { [ "$(over "$dir/slurm.db")" = "$points" ]; }
    wait_for 120 all_over
    result "all points are over" $?
    wait_for 20 test "$(restarts "${job}_0")" -ge 1
    result "the task of the killed worker was started again" $?
    test "$(restarts "${job}_1")" -ge 1
    result "the task that was put back was started again" $?
    same_table "$dir/slurm.db"
    result "the table is that of the local run" $?
    mv "$dir/slurm.db-tasks/000003.db" "$dir/first.db" &&
        explore work "$dir/slurm.db-tasks/000003.json" &&
        "$fovea" explore merge "$dir/slurm.db" "$dir/first.db" "$dir/slurm.db-tasks/000003.db" |
        grep -q '^0 points of 2 results are new$' && same_table "$dir/slurm.db"
    result "a task that runs twice gives each point once" $?
    # 8 tasks where an array has 5 at most (MaxArraySize)
    explore "$dir/space.json" --engine slurm --wait --chunk 2 --budget 16 --out "$dir/wait.db" &&
        [ "$(number "$dir/wait.db" "SELECT count(*) FROM point WHERE state <> 'running'")" = 16 ]
    result "--wait ends when all is merged" $?
    [ "$(number "$dir/wait.db" "SELECT count(DISTINCT substr(job, 1, instr(job, '_') - 1)) FROM task")" = 2 ] &&
        [ "$(number "$dir/wait.db" "SELECT max(substr(job, instr(job, '_') + 1)) FROM task")" = 4 ]
    result "more tasks than an array may have are two arrays, whose numbers are kept" $?
    lost
    explore "$dir/space.json" --engine slurm --resume --out "$dir/slurm.db" &&
        tail -n 1 "$dir/log" | grep -q '^nothing is left to do$'
    result "a sweep that is over submits nothing" $?
}

says() { grep -q "$1" <<<"$("$fovea" explore status "$dir/lost.db")"; }
lost() { # tasks that wait, then tasks that nobody has any more
    local again=("$dir/space.json" --engine slurm --resume --chunk 8 --out "$dir/lost.db")
    scontrol update "NodeName=$(hostname -s)" State=DRAIN Reason=test
    explore "$dir/space.json" --engine slurm --chunk 8 --budget 16 --out "$dir/lost.db" &&
        says "^Slurm: 2 tasks queued, 0 run, 0 gone"
    result "status knows what is queued" $?
    ! explore "${again[@]}" && tail -n 1 "$dir/log" | grep -q "2 of its tasks are queued"
    result "tasks that are queued are not submitted twice" $?
    scancel "$(number "$dir/lost.db" "SELECT substr(job, 1, instr(job, '_') - 1) FROM task LIMIT 1")"
    wait_for 20 says "^Slurm: 0 tasks queued, 0 run, 2 gone without a result"
    result "status knows what is gone" $?
    scontrol update "NodeName=$(hostname -s)" State=RESUME
    explore "${again[@]}" --wait && [ "$(over "$dir/lost.db")" = 16 ]
    result "what is gone is submitted again" $?
}

seconds_of() { # command, its output aside
    local start=$EPOCHREALTIME
    "$@" >>"$dir/log" 2>&1
    awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.2f", b - a}'
}
measure() { # workers: 16 tasks
    local job start file=$dir/measure$1.db
    start=$EPOCHREALTIME
    echo "submission of 16 tasks: $(seconds_of explore "$dir/space.json" --engine slurm \
        --chunk $((points / 16)) --out "$file") s"
    job=$(sed -n 's/^job *\([0-9]*\): .*/\1/p' "$dir/log" | tail -n 1)
    [ "$1" -eq 2 ] || scontrol update "JobId=$job" ArrayTaskThrottle="$1"
    wait_for 500 test_over "$file"
    echo "$1 workers, $points points: $(awk -v a="$start" -v b="$EPOCHREALTIME" \
        'BEGIN {printf "%.1f", b - a}') s, load $(cut -d ' ' -f 1 /proc/loadavg)"
    same_table "$file" || echo "the table differs"
}
test_over() { # all results are there
    [ "$(ls "$1-tasks" | grep -c 'db$')" -eq 16 ] && [ "$(over "$1")" = "$points" ]
}

through_parallel() {
    local pid
    explore "$dir/space.json" --engine none --out "$dir/parallel.db" &&
        explore tasks "$dir/parallel.db" --chunk $((points / 4)) -o "$dir/tasks"
    result "task files are written" $?
    parallel --will-cite -j 2 --retries 3 "$fovea" explore work ::: "$dir"/tasks/*.json \
        >>"$dir/log" 2>&1 &
    pid=$!
    wait_for 60 has_engine tasks 000000 && kill -KILL "$(engine_of tasks 000000)"
    result "a worker of parallel is killed in the middle" $?
    wait $pid
    result "parallel does the task again" $?
    explore merge "$dir/parallel.db" && same_table "$dir/parallel.db"
    result "the table is that of the local run" $?
}

explore "$dir/space.json" --out "$dir/local.db" -j 2
result "the local run" $?
installed() {
    local program
    for program; do command -v "$program" >/dev/null 2>&1 || return 1; done
}
if ! installed munged slurmctld slurmd sbatch scontrol; then
    echo "skipped: Slurm is not installed (slurm-wlm, munge)"
    skipped=$((skipped + 1))
elif [ "$(id -u)" -ne 0 ]; then
    echo "skipped: Slurm's daemons need root"
    skipped=$((skipped + 1))
elif start_slurm; then
    [ -z "${SLURM_MEASURE:-}" ] || { measure 1; measure 2; exit; }
    through_slurm
else
    result "Slurm starts" 1
    tail -n 5 "$dir"/*.log
fi
if installed parallel; then
    through_parallel
else
    echo "skipped: GNU parallel is not installed"
    skipped=$((skipped + 1))
fi
[ "$failed" -eq 0 ] || tail -n 20 "$dir/log"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
