#!/usr/bin/env bash
# run.sh tries the policy on this machine's GPU.
#
#     ./run.sh [options] [load] [kernels] [step] [demo] [bench]     (all)
#
#     --once            run each stage once, at most 8 minutes; exit status 4: there is
#                       more to do, run again
#     --device N        number of the GPU (0)
#     --python PROGRAM  interpreter with torch, to compare with (python3)
#     --out FILE        the results (results.json beside this script), which a later
#                       run goes on with
#     --sanitize        run the kernels under compute-sanitizer instead
#
# ^C and the signals TERM and HUP stop it within half a minute; what was under way is
# done again by the next run. Results of another build, GPU, driver or libraries are
# kept under another name.
#
# Exit status: 0, all is well; 1, something failed; 3, no usable driver or GPU; 4, more
# to do; 64, usage; 130, 143, 129, stopped by ^C, TERM, HUP.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$here/results.json
once= sanitize= device=0 python=python3
stages=()
say() { echo "run.sh: $*" >&2; }

while [ $# -gt 0 ]; do
  case $1 in
    --once) once=1 ;;
    --sanitize) sanitize=1 ;;
    --device | --python | --out)
      [ $# -ge 2 ] || { say "$1 wants a value"; exit 64; }
      case $1 in --device) device=$2 ;; --python) python=$2 ;; --out) out=$2 ;; esac
      shift
      ;;
    load | kernels | step | demo | bench) stages+=("$1") ;;
    -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) say "unknown: $1; see ./run.sh --help"; exit 64 ;;
  esac
  shift
done
[ ${#stages[@]} -gt 0 ] || stages=(load kernels step demo bench)

# The programs are packed; qwen3_gpu.py is looked for beside them.
for program in gpuverify golongrl-train-cuda; do
  if [ "$here/$program.gz" -nt "$here/$program" ]; then
    gzip -dc "$here/$program.gz" >"$here/$program.new" && chmod +x "$here/$program.new" && mv "$here/$program.new" "$here/$program" || { say "$program cannot be unpacked into $here"; exit 64; }
  fi
done

# Programs run beside this shell, which can then heed a signal at once and pass it on:
# most are for one process, those of a terminal for all.
run() {
  "$@" &
  wait $!
  status=$?
}
stop() {
  local running
  trap '' HUP QUIT TERM
  trap 'exit 130' INT # who asks twice does not wait
  running=$(jobs -pr)
  [ -z "$running" ] || kill -TERM $running 2>/dev/null
  wait
  exit $((128 + $1))
}
trap 'stop 1' HUP
trap 'stop 2' INT
trap 'stop 3' QUIT
trap 'stop 15' TERM

if [ -n "$sanitize" ]; then
  tool=$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2>/dev/null | tail -1)
  [ -n "$tool" ] || { say "there is no compute-sanitizer; it is part of the CUDA toolkit"; exit 64; }
  worst=0
  for kind in memcheck racecheck synccheck; do
    echo "== compute-sanitizer $kind"
    results=${out%.json}-$kind.json
    rm -f "$results"
    GOLONGRL_CUDA_SYNC=1 run "$tool" --tool "$kind" --error-exitcode 99 "$here/gpuverify" -stage kernels -budget 24h -device "$device" -python "" -o "$results"
    case $status in
      0) ;;
      3 | 64 | 129 | 130 | 141 | 143) exit $status ;;
      *) worst=1 ;;
    esac
    if [ ! -e "$results" ]; then
      say "$tool did not get as far as the first kernel (status $status): it wants its libraries beside it, which Debian's package lacks, a GPU, and the right to debug (in a container, ptrace)"
      exit 1
    fi
  done
  exit $worst
fi

# A stage whose time is used up, or that ended the process or the device, goes on
# with its next piece in another process.
for stage in "${stages[@]}"; do
  crashes=0
  for ((n = 0; ; n++)); do
    run "$here/gpuverify" -brief -stage "$stage" -device "$device" -python "$python" -o "$out"
    case $status in
      0 | 1) break ;;
      3 | 64 | 129 | 130 | 141 | 143) exit $status ;;
      4) ;;
      *)
        say "stage $stage ended with status $status"
        run "$here/gpuverify" -crashed $status -o "$out"
        crashes=$((crashes + 1))
        [ $crashes -lt 20 ] || exit 1
        ;;
    esac
    [ $n -lt 60 ] || { say "stage $stage does not come to its end"; exit 1; }
    [ -z "$once" ] || exit 4
  done
done
run "$here/gpuverify" -table -o "$out"
exit $status
