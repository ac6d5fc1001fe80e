#!/usr/bin/env bash
# Runs the workflows of workflows/ over the demonstration cohort and compares their tables with those of `nadsplice run`,
# byte by byte: scripts/test_workflows.sh [FOLDER]
#
# Snakemake goes through its Slurm executor to a Slurm of one node, which is started here and stopped again; one of the
# jobs is killed in its first attempt. CWL goes through cwltool and toil. What cannot be had on this machine (Debian
# packages slurm-wlm and munge, Python packages) is skipped, and said. NADSPLICE names the program, otherwise it is
# built. DEMO names a folder that `nadsplice demo` filled, otherwise it is filled here. VENV names a Python environment
# to use or to make. FOLDER is kept; without one everything is done in a temporary folder.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
slurm=
declare -a skipped=()

fail() {
    printf 'workflows: error: %s\n' "$1" >&2
    exit 1
}

say() {
    printf 'workflows: %s (%d s)\n' "$1" "$SECONDS"
}

skip() {
    skipped+=("$1")
    say "skipped: $1"
}

finish() {
    local status=$?
    if [[ -n $slurm ]]; then stop_slurm; fi
    if [[ -n ${temporary:-} ]]; then rm -rf "$temporary"; fi
    exit "$status"
}
trap finish EXIT

# Installs Python packages into the environment; false where they cannot be had.
python_packages() {
    if [[ ! -x $venv/bin/python ]]; then python3 -m venv "$venv" >/dev/null 2>&1 || return 1; fi
    timeout 240 "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@" >"$work/pip.log" 2>&1
}

has_slurm() {
    local program
    for program in slurmctld slurmd sbatch munged; do command -v "$program" >/dev/null || return 1; done
}

# Debian's Slurm. Services are not started by the installation; a node of our own is.
install_slurm() {
    if has_slurm; then return; fi
    if ((EUID != 0)) || ! command -v apt-get >/dev/null; then return 1; fi
    {
        apt-get update
        RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y \
            --no-install-recommends slurm-wlm munge
    } >"$work/apt.log" 2>&1 && has_slurm
}

# Two ports that nobody listens on.
free_ports() {
    python3 - <<'PYTHON'
import socket
sockets = [socket.socket() for _ in range(2)]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))
PYTHON
}

# A Slurm of one node on the loopback interface: no systemd, no control groups, no accounting.
start_slurm() {
    local host ports controller daemon
    host=$(hostname -s)
    ports=$(free_ports)
    read -r controller daemon <<<"$ports"
    slurm=$work/slurm
    mkdir -p "$slurm"/{state,spool,log,run}
    head -c 1024 /dev/urandom >"$slurm/munge.key"
    chmod 400 "$slurm/munge.key"
    cat >"$slurm/slurm.conf" <<CONF
ClusterName=nadsplice
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller
SlurmdPort=$daemon
AuthType=auth/munge
AuthInfo=socket=$slurm/run/munge.socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/run/slurmctld.pid
SlurmdPidFile=$slurm/run/slurmd.pid
SlurmctldLogFile=$slurm/log/slurmctld.log
SlurmdLogFile=$slurm/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$slurm/log/jobs.txt
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
MpiDefault=none
ReturnToService=2
KillWait=5
# Without accounting the executor asks squeue, which must still know jobs that have ended.
MinJobAge=86400
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 RealMemory=16000 State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
    # Programs inside a job find the configuration in its default place only.
    mkdir -p /etc/slurm
    ln -s "$slurm/slurm.conf" /etc/slurm/slurm.conf
    munged --force --key-file="$slurm/munge.key" --socket="$slurm/run/munge.socket" \
        --pid-file="$slurm/run/munged.pid" --log-file="$slurm/log/munged.log" --seed-file="$slurm/run/munged.seed" \
        --num-threads=2
    slurmctld
    slurmd
    for _ in {1..60}; do
        if [[ $(sinfo --noheader --format %t 2>/dev/null) == idle ]]; then return; fi
        sleep 0.5
    done
    tail -n 5 "$slurm"/log/*.log >&2
    return 1
}

stop_slurm() {
    local daemon pid
    scancel --user=root >/dev/null 2>&1 || true
    for daemon in slurmd slurmctld munged; do
        if [[ ! -s $slurm/run/$daemon.pid ]]; then continue; fi
        pid=$(<"$slurm/run/$daemon.pid")
        kill "$pid" 2>/dev/null || true
        for _ in {1..40}; do
            if ! kill -0 "$pid" 2>/dev/null; then break; fi
            sleep 0.25
        done
        if kill -0 "$pid" 2>/dev/null; then
            kill -9 "$pid" 2>/dev/null || true
            printf 'workflows: %s did not stop and was killed\n' "$daemon" >&2
        fi
    done
    if [[ $(readlink /etc/slurm/slurm.conf) == "$slurm/slurm.conf" ]]; then rm /etc/slurm/slurm.conf; fi
    slurm=
}

# Every table of `run` is there and the same: same_tables FOLDER...
same_tables() {
    local table name found n=0
    for table in "$expected"/*.tsv; do
        name=${table##*/}
        found=$(find "$@" -maxdepth 1 -name "$name")
        [[ -n $found && $found != *$'\n'* ]] || fail "$name is not there once: ${found:-nowhere}"
        cmp "$table" "$found" || fail "$name is not that of run"
        n=$((n + 1))
    done
    say "$n tables are those of run"
}

snakemake_on_slurm() {
    local flow=$root/workflows/snakemake folder=$work/snakemake
    if ! python_packages 'snakemake==9.*' snakemake-executor-plugin-slurm snakefmt; then
        skip 'Snakemake: its Python packages cannot be had'
        return
    fi
    mkdir "$folder"
    # The first attempt at one sample has its Slurm job killed under it.
    cat >"$folder/nadsplice" <<WRAPPER
#!/usr/bin/env bash
if [[ \$1 == count && " \$* " == *' old_3 '* ]] && mkdir "$folder/killed" 2>/dev/null; then
    if [[ -n \${SLURM_JOB_ID:-} ]]; then
        echo "\$SLURM_JOB_ID" >"$folder/killed/job"
        scancel --signal=KILL --full "\$SLURM_JOB_ID"
        sleep 120
    fi
    kill -9 \$\$
fi
exec "$NADSPLICE" "\$@"
WRAPPER
    chmod +x "$folder/nadsplice"
    cat >"$folder/config.yaml" <<CONFIG
samples: $DEMO/data/samples.tsv
gtf: $DEMO/data/genes.gtf
contrasts: ["condition:old:young"]
nadsplice: $folder/nadsplice
threads: {count: 1, cohort: 2}
CONFIG
    local -a call=("$venv/bin/snakemake" --snakefile "$flow/workflow/Snakefile"
        --configfile "$folder/config.yaml" --directory "$folder")
    # The environment is first on the path for what the executor calls.
    local -x PATH=$venv/bin:$PATH
    "$venv/bin/snakefmt" --check "$flow/workflow" >"$work/snakefmt.log" 2>&1 || fail "$(cat "$work/snakefmt.log")"
    "${call[@]}" --lint >"$work/lint.log" 2>&1 || fail "$(cat "$work/lint.log")"
    say 'snakefmt and snakemake --lint have nothing to say'
    printf 'sample\tcondition\na\tb\n' >"$folder/no_input.tsv"
    if "${call[@]}" --config "samples=$folder/no_input.tsv" --cores 1 --dry-run >"$work/invalid.log" 2>&1; then
        fail 'a sheet without alignments was taken'
    fi

    if ! install_slurm; then
        skip 'Slurm: its Debian packages cannot be had; Snakemake runs on this machine alone'
    elif ((EUID != 0)); then
        skip 'Slurm: starting it takes root; Snakemake runs on this machine alone'
    elif [[ -e /etc/slurm/slurm.conf || -L /etc/slurm/slurm.conf ]]; then
        skip 'Slurm: this machine has a cluster; Snakemake runs on this machine alone'
    elif ! start_slurm; then
        stop_slurm
        skip 'Slurm: it did not start; Snakemake runs on this machine alone'
    fi
    if [[ -z $slurm ]]; then
        timeout -k 10 300 "${call[@]}" --profile "$flow/profiles/local" --cores 2 >"$work/snakemake.log" 2>&1 ||
            fail "$(tail -n 40 "$work/snakemake.log")"
    else
        say 'Slurm is up'
        # A job takes a second, its submission and polling ten: they go in groups.
        timeout -k 10 480 "${call[@]}" --profile "$flow/profiles/slurm" --jobs 4 --latency-wait 10 \
            --slurm-status-command squeue --slurm-no-account --slurm-init-seconds-before-status-checks 1 \
            --seconds-between-status-checks 2 --groups count_sample=counting quantify=cohort diff=cohort enrich=cohort figure_data=pages \
            report=pages --group-components counting=4 \
            --default-resources slurm_partition=debug mem_mb=500 runtime=10 \
            --set-resources count_sample:mem_mb=700 >"$work/snakemake.log" 2>&1 ||
            fail "$(tail -n 40 "$work/snakemake.log")"
        [[ -s $folder/killed/job ]] || fail 'no job was killed'
        local killed jobs
        killed=$(<"$folder/killed/job")
        for _ in {1..20}; do
            if grep -q "JobId=$killed " "$slurm/log/jobs.txt" 2>/dev/null; then break; fi
            sleep 0.5
        done
        if ! grep "JobId=$killed " "$slurm/log/jobs.txt" | grep -qv 'JobState=COMPLETED'; then
            fail "job $killed was killed and yet completed: $(cat "$slurm/log/jobs.txt")"
        fi
        jobs=$(wc -l <"$slurm/log/jobs.txt")
        say "Slurm ran $jobs jobs, killed job $killed among them"
        stop_slurm
        say 'Slurm is down'
    fi
    [[ -d $folder/killed ]] || fail 'no job was killed'
    same_tables "$folder/results"
    [[ -s $folder/results/report.html ]] || fail 'Snakemake made no report'
}

# The inputs of the CWL workflow.
cwl_inputs() {
    python3 - "$DEMO/data" <<'PYTHON'
import csv, json, sys
data = sys.argv[1]
def file(name):
    return {"class": "File", "path": f"{data}/{name}"}
with open(f"{data}/samples.tsv") as sheet:
    rows = list(csv.DictReader(sheet, delimiter="\t"))
json.dump({
    "annotation": file("genes.gtf"),
    "sheet": file("samples.tsv"),
    "samples": [row["sample"] for row in rows],
    "alignments": [file(row["bam"]) for row in rows],
    "contrasts": ["condition:old:young"],
}, sys.stdout)
PYTHON
}

# Runs the CWL workflow and looks at what it made: cwl FOLDER ENGINE OPTION...
cwl() {
    local folder=$1 engine=$2
    shift 2
    mkdir -p "$folder/bin"
    cwl_inputs >"$folder/cohort.json"
    ln -s "$NADSPLICE" "$folder/bin/nadsplice"
    PATH=$folder/bin:$venv/bin:$PATH timeout -k 10 300 "$venv/bin/$engine" --no-container --outdir "$folder/results" "$@" \
        workflows/cwl/nadsplice.cwl "$folder/cohort.json" >"$work/$engine.log" 2>&1 ||
        fail "$(tail -n 40 "$work/$engine.log")"
    same_tables "$folder/results/quantified" "$folder/results/tested" "$folder/results/judged"
    [[ -s $folder/results/report.html ]] || fail "$engine made no report"
}

cwl_engines() {
    if ! python_packages cwltool; then
        skip 'CWL: cwltool cannot be had'
        return
    fi
    cwl "$work/cwltool" cwltool --parallel --provenance "$work/cwltool/provenance"
    [[ -s $work/cwltool/provenance/metadata/provenance/primary.cwlprov.json ]] || fail 'cwltool left no provenance'
    if ! python_packages 'toil[cwl]'; then
        skip 'CWL: toil cannot be had'
        return
    fi
    # It keeps no history of its own in the home folder.
    TOIL_HISTORY=False cwl "$work/toil" toil-cwl-runner --jobStore "$work/toil/jobs"
}

temporary=
if (($# > 0)); then
    mkdir -p "$1"
    work=$(realpath "$1")
    [[ -z $(ls -A "$work") ]] || fail "folder $work is not empty"
else
    temporary=$(mktemp -d)
    work=$temporary
fi
venv=${VENV:-$work/venv}
if [[ -z ${NADSPLICE:-} ]]; then
    cargo build --release --locked --quiet
    NADSPLICE=$root/target/release/nadsplice
fi
NADSPLICE=$(realpath "$NADSPLICE")
if [[ -z ${DEMO:-} ]]; then
    DEMO=$work/demo
    "$NADSPLICE" demo --quiet --outdir "$DEMO"
fi
DEMO=$(realpath "$DEMO")
expected=$DEMO/results

if command -v python3 >/dev/null; then
    snakemake_on_slurm
    cwl_engines
else
    skip 'all: no python3'
fi
say "done, ${#skipped[@]} skipped"
