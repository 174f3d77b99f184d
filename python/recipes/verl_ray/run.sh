#!/usr/bin/env bash
# Starts the training on a Ray cluster that is already running:
#
#     MODEL=/models/Qwen3-4B-Thinking-2507 TRAIN=/data/train.jsonl ./run.sh [override ...]
#
# Overrides are verl's, such as trainer.nnodes=1; --cfg job prints the configuration and starts nothing.
set -euo pipefail

: "${MODEL:?the folder of the model}"
: "${TRAIN:?the training data: verl rows, JSONL or Parquet}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# For the driver; the configuration says the same to the workers.
export VERL_USE_EXTERNAL_MODULES=golongrl.verl_plugin

exec python3 -m verl.trainer.main_ppo \
    --config-path "$here" --config-name golongrl \
    actor_rollout_ref.model.path="$MODEL" \
    data.train_files="$TRAIN" \
    "$@"
