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
# Exit status: 0, all is well; 1, something failed; 3, no usable driver or GPU; 4, more
# to do; 64, usage.
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

if [ -n "$sanitize" ]; then
  tool=$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2>/dev/null | tail -1)
  [ -n "$tool" ] || { say "there is no compute-sanitizer; it is part of the CUDA toolkit"; exit 64; }
  worst=0
  for kind in memcheck racecheck synccheck; do
    echo "== compute-sanitizer $kind"
    results=${out%.json}-$kind.json
    rm -f "$results"
    GOLONGRL_CUDA_SYNC=1 "$tool" --tool "$kind" --error-exitcode 99 "$here/gpuverify" -stage kernels -budget 24h -device "$device" -python "" -o "$results" || worst=1
  done
  exit $worst
fi

# A stage whose time is used up, or that ended the process or the device, goes on
# with its next piece in another process.
for stage in "${stages[@]}"; do
  crashes=0
  while :; do
    timeout -k 10 475 "$here/gpuverify" -stage "$stage" -device "$device" -python "$python" -o "$out" 2>&1 | grep --line-buffered -v '^|'
    status=${PIPESTATUS[0]}
    case $status in
      0 | 1) break ;;
      3 | 64) exit $status ;;
      4) ;;
      130 | 143) exit $status ;;
      *)
        say "stage $stage ended with status $status"
        crashes=$((crashes + 1))
        [ $crashes -lt 20 ] || exit 1
        ;;
    esac
    [ -z "$once" ] || exit 4
  done
done
exec "$here/gpuverify" -table -o "$out"
